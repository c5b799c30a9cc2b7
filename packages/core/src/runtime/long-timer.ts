/** Timers of any length. */

/** What `setTimeout` can count (32 bits); anything longer it takes for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls `callback` once after `ms` milliseconds, however long that is; `Infinity` means never, though the timer keeps
 * the process alive like any other.
 *
 * @returns clears the timer.
 */
export function startTimer(callback: () => void, ms: number): () => void {
  let left = ms;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const now = Math.min(left, LONGEST_MS);
    left -= now;
    timer = setTimeout(left > 0 ? arm : callback, now);
  };
  arm();
  return () => clearTimeout(timer);
}
