/**
 * Tells what happened to whoever listens: services that have work now, sockets of live readers. Every change goes through
 * it, so nothing else wakes anybody. It delivers at most once and promises no order between writers: listeners that must
 * not miss anything look into the store from time to time, or when they are woken.
 */
import type { Event, Log } from "@sluice/protocol";

export interface Feed<T> {
  /** Tells what is stored. Never throws and never waits. */
  publish(items: readonly T[]): void;
  /** Calls `listener` with what every process on this history tells, until the function it gives is called. */
  subscribe(listener: (items: readonly T[]) => void): () => void;
}

export type EventFeed = Feed<Event>;
export type EventListener = (events: readonly Event[]) => void;
export type LogFeed = Feed<Log>;

/** The feed of one process. */
export class LocalFeed<T> implements Feed<T> {
  readonly #listeners = new Set<(items: readonly T[]) => void>();
  readonly #onListenerError: (error: unknown) => void;

  /** `onListenerError` is told of a listener that threw; the others are called all the same. */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  publish(items: readonly T[]): void {
    if (items.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(items);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  subscribe(listener: (items: readonly T[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The events of one process. */
export class LocalEventFeed extends LocalFeed<Event> {}

/** The log lines of one process. */
export class LocalLogFeed extends LocalFeed<Log> {}
