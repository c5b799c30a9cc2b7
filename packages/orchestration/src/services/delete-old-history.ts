/** Forgets what is older than anybody wants it, so that a history does not grow for ever. */
import type { Condition } from "../conditions.ts";
import { deleteListedFlowRuns } from "../local-api/delete-flow-run.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import type { StoredEvent } from "../stored-nouns.ts";
import { addSeconds } from "../timestamp.ts";

/** How long things are kept. */
export interface RetentionOptions {
  /** Null: for ever. */
  readonly eventDays: number | null;
  /** Beginning of an event's name → days, instead of `eventDays`; the longest beginning counts. Null: for ever. */
  readonly eventDaysByName: Readonly<Record<string, number | null>>;
  readonly logDays: number | null;
  /** Since their end; with their task runs and logs. */
  readonly flowRunDays: number | null;
}

const DAY_SECONDS = 86_400;
/** Small enough that those who write meanwhile do not wait for long. */
const EVENT_BATCH = 250;
const LOG_BATCH = 500;
const FLOW_RUN_BATCH = 50;

/** Deletes a batch of each kind, the oldest first; says whether there may be more. */
export async function deleteOldHistory(
  context: LocalContext,
  options: RetentionOptions,
): Promise<{ readonly hasMore: boolean }> {
  const { logDays, flowRunDays } = options;
  const hasMore = [
    await deleteEvents(context, options),
    logDays !== null && (await deleteLogs(context, logDays)),
    flowRunDays !== null && (await deleteFlowRuns(context, flowRunDays)),
  ];
  return { hasMore: hasMore.includes(true) };
}

/** Where names are kept for different times, one name after the other, so that no batch looks at what is kept longer. */
async function deleteEvents(context: LocalContext, options: RetentionOptions): Promise<boolean> {
  if (Object.keys(options.eventDaysByName).length === 0)
    return deleteEventsOf(context, undefined, options.eventDays);
  let hasMore = false;
  for (const name of await context.store.events.listNames()) {
    if (await deleteEventsOf(context, name, daysOf(name, options))) hasMore = true;
  }
  return hasMore;
}

function daysOf(name: string, { eventDays, eventDaysByName }: RetentionOptions): number | null {
  let longest: string | undefined;
  for (const beginning of Object.keys(eventDaysByName)) {
    if (name.startsWith(beginning) && beginning.length >= (longest?.length ?? 0)) longest = beginning;
  }
  return longest === undefined ? eventDays : (eventDaysByName[longest] ?? null);
}

async function deleteEventsOf(
  context: LocalContext,
  name: string | undefined,
  days: number | null,
): Promise<boolean> {
  if (days === null) return false;
  const isOld = { type: "at-most", member: "occurred", value: daysAgo(context, days) } as const;
  const where: Condition<StoredEvent> =
    name === undefined
      ? isOld
      : { type: "all", conditions: [{ type: "equals", member: "event", value: name }, isOld] };
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
