/** Names every request, so that what a client saw can be found in the server's log. */
import { randomUUID } from "node:crypto";

export const REQUEST_ID_HEADER = "X-Request-Id";

/** Ids of others are taken over when they cannot break a log line. */
const SAFE_ID = /^[\w.:-]{1,128}$/u;

/** The id that the client or a proxy gave, else a new one. */
export function requestId(given: string | undefined): string {
  return given !== undefined && SAFE_ID.test(given) ? given : randomUUID();
}
