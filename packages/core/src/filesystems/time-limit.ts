/** A limit to the time that a call of a network may take. */
import type { CallOptions } from "./file-system.ts";

/** The call took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name: string = "TimeLimitError";
  /** As networks say it. */
  readonly code: string = "ETIMEDOUT";

  constructor(limitMs: number) {
    super(`there was no answer within ${limitMs / 1000} seconds`);
  }
}

/**
 * Gives `work` a signal that aborts when the caller's does or when the time is over. It does not wait for work that takes
 * no notice of the signal: what that comes to is dropped.
 *
 * @throws {TimeLimitError} when the time is over; the reason of the caller's signal when that aborted
 */
export async function withTimeLimit<T>(
  limitMs: number,
  { signal: outer }: CallOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new TimeLimitError(limitMs)), limitMs);
  const onAbort = (): void => ending.abort(outer?.reason);
  outer?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(ending.signal), aborted(ending.signal)]);
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onAbort);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
