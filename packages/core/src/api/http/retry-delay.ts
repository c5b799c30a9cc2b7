/** Which failed requests are sent again, and when: as Prefect's clients do. */
import { retryAfterMs } from "../../outbound/retry-after.ts";
import type { HttpAnswer } from "./http-exchange.ts";

const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503]);
const JITTER = 0.2;
const LONGEST_MS = 60_000;

/** Whether the same request may be answered otherwise a little later. */
export function isPassing(answer: HttpAnswer): boolean {
  return RETRIED_STATUSES.has(answer.status);
}

/** Whether the server asks for patience however long it takes. */
export function isMaintenance(answer: HttpAnswer): boolean {
  return isPassing(answer) && answer.headers.get("prefect-maintenance") === "true";
}

/**
 * Milliseconds until the next try, a minute at most: what the server asks for and up to a fifth more, otherwise 2, 4, 8 …
 * seconds, a fifth more or less.
 *
 * @param tries how many there were.
 */
export function retryDelayMs(tries: number, answer: HttpAnswer | undefined, random: () => number): number {
  const asked = retryAfterMs(answer?.headers.get("retry-after"));
  const wanted = asked ?? 2 ** tries * 1000;
  const spread = asked === undefined ? 1 - JITTER + random() * 2 * JITTER : 1 + random() * JITTER;
  return Math.min(wanted * spread, LONGEST_MS);
}
