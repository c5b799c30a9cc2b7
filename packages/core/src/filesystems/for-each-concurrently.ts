/** Work on many items with a bound on how many are under way. */
import { setMaxListeners } from "node:events";
import { InvalidRequestError } from "@sluice/protocol";
import type { CallOptions } from "./file-system.ts";

/** Files under way at once, unless the caller says otherwise. */
export const DEFAULT_CONCURRENCY: number = 8;

export interface ConcurrencyOptions extends CallOptions {
  readonly concurrency: number;
}

/**
 * Calls `work` for every item, `concurrency` at a time. The first failure aborts the signal that the others got; when all
 * have ended, it is thrown.
 *
 * @throws {InvalidRequestError} when the concurrency is not a whole number above zero
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T> | Iterable<T>,
  options: ConcurrencyOptions,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { concurrency } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new InvalidRequestError(`concurrency is ${concurrency}, but must be a whole number, one or more.`);
  }
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const failure = new AbortController();
  const signal =
    options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal]);
  // As many listeners as there is work under way are no leak, of which Node would warn.
  setMaxListeners(0, signal);
  const lane = async (): Promise<void> => {
    try {
      for (;;) {
        signal.throwIfAborted();
        const { done, value } = await source.next();
        if (done === true) return;
        await work(value, signal);
      }
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  };
  const lanes = Array.from({ length: concurrency }, lane);
  const ended = await Promise.allSettled(lanes);
  await source.return?.();
  if (ended.some(({ status }) => status === "rejected")) throw signal.reason;
}
