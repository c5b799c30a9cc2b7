/** Work that several callers wait for. */
import { unlessAborted } from "@sluice/core";

/** Begun by the first caller, given to all that come before it ends, stopped when none of them waits any more. */
export class SharedWork<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #running:
    | { readonly promise: Promise<T>; readonly controller: AbortController; waiting: number }
    | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  async result(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    this.#running ??= this.#begin();
    const running = this.#running;
    running.waiting += 1;
    try {
      return await unlessAborted(running.promise, signal);
    } finally {
      running.waiting -= 1;
      if (running.waiting === 0) {
        running.controller.abort();
        if (this.#running === running) this.#running = undefined;
      }
    }
  }

  #begin(): { readonly promise: Promise<T>; readonly controller: AbortController; waiting: number } {
    const controller = new AbortController();
    const promise = this.#work(controller.signal);
    // Whoever waits is told; nobody may wait any more.
    promise.catch(() => undefined);
    return { promise, controller, waiting: 0 };
  }
}
