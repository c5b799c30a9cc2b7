/**
 * Tells what happened to whoever listens: services that have work now, sockets of live readers. Every change goes through
 * it, so nothing else wakes anybody. It delivers at most once and promises no order between writers: listeners that must
 * not miss anything look into the store from time to time, or when they are woken.
 */
import type { Event } from "@sluice/protocol";

export type EventListener = (events: readonly Event[]) => void;

export interface EventFeed {
  /** Tells events that are stored. Never throws and never waits. */
  publish(events: readonly Event[]): void;
  /** Calls `listener` with events of every process on this history, until the function it gives is called. */
  subscribe(listener: EventListener): () => void;
}

/** The feed of one process. */
export class LocalEventFeed implements EventFeed {
  readonly #listeners = new Set<EventListener>();
  readonly #onListenerError: (error: unknown) => void;

  /** `onListenerError` is told of a listener that threw; the others are called all the same. */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  publish(events: readonly Event[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
