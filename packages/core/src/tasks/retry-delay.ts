/** How long to wait before a retry. */
import { InvalidOptionError } from "./invalid-option-error.ts";

/** Seconds: one for all retries, one for each in turn (the last repeats), or a function of the retry's number (from 1). */
export type RetryDelay = number | readonly number[] | ((retry: number) => number);

/**
 * A delay that doubles with every retry: `backoffFactor`, then twice, four times, … of it.
 *
 * @param backoffFactor - seconds before the first retry.
 */
export function exponentialBackoff(backoffFactor: number): (retry: number) => number {
  return (retry) => backoffFactor * 2 ** (retry - 1);
}

/**
 * Seconds before retry number `retry` (from 1). With a jitter factor f the delay is drawn evenly from
 * [delay, delay × (1 + f)], so that many tasks that failed together do not come back together.
 *
 * @throws {InvalidOptionError} when a function gives no number of seconds.
 */
export function retryDelaySeconds(
  delay: RetryDelay,
  retry: number,
  jitter: { readonly factor: number | undefined; random(): number },
): number {
  const base = baseDelay(delay, retry);
  return jitter.factor === undefined ? base : base * (1 + jitter.factor * jitter.random());
}

function baseDelay(delay: RetryDelay, retry: number): number {
  if (typeof delay === "number") return delay;
  if (typeof delay === "function") return checkedDelay(delay(retry), retry);
  return delay[Math.min(retry, delay.length) - 1] ?? 0;
}

function checkedDelay(seconds: unknown, retry: number): number {
  if (typeof seconds === "number" && seconds >= 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidOptionError(
    `retryDelaySeconds must give a number of seconds ≥ 0, but gave ${String(seconds)} for retry ${retry}.`,
  );
}

/** A history shows no more delays than this, as Prefect allows no more. */
const SHOWN_DELAYS = 50;

/** The delays before each retry without jitter, for history; `null` when a function does not give them. */
export function shownDelays(delay: RetryDelay, retries: number): number[] | null {
  if (typeof delay !== "function") return [delay].flat().slice(0, SHOWN_DELAYS);
  try {
    return Array.from({ length: Math.min(retries, SHOWN_DELAYS) }, (_, index) => baseDelay(delay, index + 1));
  } catch {
    // It is the run's own affair to tell of it, when it comes to the retry.
    return null;
  }
}
