/** How long to wait before a retry. */

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
  if (typeof delay === "function") return delay(retry);
  return delay[Math.min(retry, delay.length) - 1] ?? 0;
}
