/** What the nouns of the in-process API share. */
import type { ApiCallOptions } from "@sluice/protocol";
import type { Store } from "../store.ts";
import { fromDate } from "../timestamp.ts";
import type { TransitionContext } from "../transition.ts";

/** What a context is made of. */
export interface LocalContextOptions {
  readonly store: Store;
  readonly clock: () => Date;
  readonly newId: () => string;
}

/** Store, time and ids, and what follows from them. */
export class LocalContext {
  readonly store: Store;
  readonly newId: () => string;
  readonly #clock: () => Date;

  constructor(options: LocalContextOptions) {
    this.store = options.store;
    this.newId = options.newId;
    this.#clock = options.clock;
  }

  /** The current instant; canonical text. */
  now(): string {
    return fromDate(this.#clock());
  }

  /** What transitions made now need to know. */
  moment(): TransitionContext {
    return { now: this.now(), newId: this.newId };
  }

  /** A transaction of the store that does not start once the call is no longer wanted. */
  async transaction<T>(options: ApiCallOptions | undefined, work: (store: Store) => Promise<T>): Promise<T> {
    options?.signal?.throwIfAborted();
    return this.store.transaction(async (store) => {
      options?.signal?.throwIfAborted();
      return work(store);
    });
  }
}
