/** Forgets what is older than anybody wants it, so that a history does not grow for ever. */
import { deleteListedFlowRuns } from "../local-api/delete-flow-run.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import { addSeconds } from "../timestamp.ts";

/** How long things are kept. */
export interface RetentionOptions {
  /** Null: for ever. */
  readonly eventDays: number | null;
  readonly logDays: number | null;
  /** Since their end; with their task runs and logs. */
  readonly flowRunDays: number | null;
}

const DAY_SECONDS = 86_400;
/** Small enough that those who write meanwhile do not wait for long. */
const EVENT_BATCH = 1000;
const LOG_BATCH = 2000;
const FLOW_RUN_BATCH = 50;

/** Deletes a batch of each kind, the oldest first; says whether there may be more. */
export async function deleteOldHistory(
  context: LocalContext,
  options: RetentionOptions,
): Promise<{ readonly hasMore: boolean }> {
  const { eventDays, logDays, flowRunDays } = options;
  const hasMore = [
    eventDays !== null && (await deleteEvents(context, eventDays)),
    logDays !== null && (await deleteLogs(context, logDays)),
    flowRunDays !== null && (await deleteFlowRuns(context, flowRunDays)),
  ];
  return { hasMore: hasMore.includes(true) };
}

async function deleteEvents(context: LocalContext, days: number): Promise<boolean> {
  const where = { type: "at-most", member: "occurred", value: daysAgo(context, days) } as const;
  return (await context.store.events.delete(where, EVENT_BATCH)) === EVENT_BATCH;
}

async function deleteLogs(context: LocalContext, days: number): Promise<boolean> {
  return (await context.store.logs.deleteOlder(daysAgo(context, days), LOG_BATCH)) === LOG_BATCH;
}

/** A run goes with everything of its own, so each has a transaction to itself. */
async function deleteFlowRuns(context: LocalContext, days: number): Promise<boolean> {
  const runs = await context.store.flowRuns.list({
    where: { type: "at-most", member: "end_time", value: daysAgo(context, days) },
    orderBy: [{ member: "end_time", direction: "asc" }],
    limit: FLOW_RUN_BATCH,
  });
  await deleteListedFlowRuns(context, runs);
  return runs.length === FLOW_RUN_BATCH;
}

function daysAgo(context: LocalContext, days: number): string {
  return addSeconds(context.now(), -days * DAY_SECONDS);
}
