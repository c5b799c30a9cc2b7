/** When a request that failed is sent again. */
const JITTER = 0.2;
const LONGEST_MS = 60_000;

/**
 * Milliseconds until the next try, a minute at most: what the other side asks for and up to a fifth more, otherwise 2, 4, 8 …
 * seconds, a fifth more or less.
 *
 * @param tries how many there were.
 * @param askedMs what `retryAfterMs` gives
 */
export function retryDelayMs(tries: number, askedMs: number | undefined, random: () => number): number {
  const wanted = askedMs ?? 2 ** tries * 1000;
  const spread = askedMs === undefined ? 1 - JITTER + random() * 2 * JITTER : 1 + random() * JITTER;
  return Math.min(wanted * spread, LONGEST_MS);
}
