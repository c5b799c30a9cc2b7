/** How far back readers of sockets may look; what is older is asked for by requests. */
const BACKFILL_MS = 15 * 60 * 1000;

/** `since`, but not more than 15 minutes before `nowMs`. */
export function laterOf(since: string | null | undefined, nowMs: number): string {
  const earliest = nowMs - BACKFILL_MS;
  if (since === null || since === undefined || Date.parse(since) < earliest)
    return new Date(earliest).toISOString();
  return since;
}
