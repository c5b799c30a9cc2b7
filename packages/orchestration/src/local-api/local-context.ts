/** What the nouns of the in-process API share. */
import type { ApiCallOptions, Event } from "@sluice/protocol";
import type { EventFeed, LogFeed } from "../event-feed.ts";
import { ResourceNames } from "../events/resource-names.ts";
import type { BeginWrite, Store, TransactionOptions } from "../store.ts";
import { fromDate } from "../timestamp.ts";
import type { TransitionContext } from "../transition.ts";

/** What a context is made of. */
export interface LocalContextOptions {
  readonly store: Store;
  readonly clock: () => Date;
  readonly newId: () => string;
  /** Where events go; without one none are kept, since nobody is there to read them. */
  readonly feed?: EventFeed | undefined;
  /** Where log lines go, beside the store. */
  readonly logFeed?: LogFeed | undefined;
}

/** One transaction: when it happens, and what it tells once it has happened. */
export interface Moment extends TransitionContext {
  /** Keeps an event in the same transaction, and publishes it when that is done. */
  readonly emit: (event: Event) => void;
  /** As the store's: for the last write on an object. */
  readonly begin: BeginWrite;
  /** What objects are called that events are related to; undefined when no events are kept. */
  readonly names: ResourceNames | undefined;
}

/** Store, time and ids, and what follows from them. */
export class LocalContext {
  readonly store: Store;
  readonly newId: () => string;
  readonly feed: EventFeed | undefined;
  readonly logFeed: LogFeed | undefined;
  readonly #clock: () => Date;
  readonly #names: ResourceNames | undefined;

  constructor(options: LocalContextOptions) {
    this.store = options.store;
    this.newId = options.newId;
    this.feed = options.feed;
    this.logFeed = options.logFeed;
    this.#clock = options.clock;
    this.#names = options.feed === undefined ? undefined : new ResourceNames();
  }

  /** The current instant; canonical text. */
  now(): string {
    return fromDate(this.#clock());
  }

  /** A transaction of the store that does not start once the call is no longer wanted. */
  async transaction<T>(
    options: ApiCallOptions | undefined,
    work: (store: Store, moment: Moment) => Promise<T>,
    sharing?: TransactionOptions,
  ): Promise<T> {
    options?.signal?.throwIfAborted();
    let events: Event[] = [];
    const result = await this.store.transaction(async (store, begin) => {
      options?.signal?.throwIfAborted();
      // The work may be run again.
      events = [];
      const moment: Moment = {
        now: this.now(),
        newId: this.newId,
        emit: (event) => events.push(event),
        begin,
        names: this.#names,
      };
      const done = await work(store, moment);
      if (this.feed !== undefined && events.length > 0) begin(store.events.insert(events));
      return done;
    }, sharing);
    this.feed?.publish(events);
    return result;
  }
}
