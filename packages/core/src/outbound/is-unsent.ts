/** Requests that failed on the way. */

/** The system's codes for what comes before anything is sent, and may pass. */
const UNSENT: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Whether an error says that a request certainly did nothing, and may do something a little later. */
export function isUnsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && UNSENT.has(error.code)) || isUnsent(error.cause);
}
