/** Which failed requests are sent again: as Prefect's clients do. */
import type { HttpAnswer } from "./http-exchange.ts";

const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503]);

/** Whether the same request may be answered otherwise a little later. */
export function isPassing(answer: HttpAnswer): boolean {
  return RETRIED_STATUSES.has(answer.status);
}

/** Whether the server asks for patience however long it takes. */
export function isMaintenance(answer: HttpAnswer): boolean {
  return isPassing(answer) && answer.headers.get("prefect-maintenance") === "true";
}
