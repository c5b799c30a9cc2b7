/** Brings cancellations to their end where the process of the run does not. */
import type { Condition } from "../conditions.ts";
import type { LocalContext, Moment } from "../local-api/local-context.ts";
import { toProposal } from "../local-api/proposals.ts";
import { proposeFlowRunState } from "../local-api/propose-flow-run-state.ts";
import { writeTaskRunState } from "../local-api/write-state.ts";
import { coreFlowPolicy, minimalFlowPolicy } from "../policies.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { addSeconds, compareTimestamps } from "../timestamp.ts";
import { liveRunsIn } from "./live-runs.ts";

/** How long a process may take to end a run that is to be cancelled. */
const CANCELLING_SECONDS = 300;
/** What the process of a cancelled run still reports of its task runs is taken before they are ended here. */
const REPORT_SECONDS = 10;
/** What was cancelled earlier was cleaned up by an earlier sweep. */
const RECENT_SECONDS = 3600;
const PAGE = 200;

/** Ends runs that are being cancelled for too long, and what is left of runs that were cancelled; gives their ids. */
export async function cleanUpCancellations(context: LocalContext): Promise<string[]> {
  const ended: string[] = [];
  for await (const run of liveRunsIn(context, "CANCELLING")) {
    if (isOverdue(run, context.now()) && (await endCancelling(context, run.id))) ended.push(run.id);
  }
  for (let offset = 0; ; offset += PAGE) {
    const cancelled = await recentlyCancelled(context, offset);
    for (const run of cancelled) if (await endChildren(context, run)) ended.push(run.id);
    if (cancelled.length < PAGE) return ended;
  }
}

function isOverdue({ state }: StoredFlowRun, now: string): boolean {
  if (state?.type !== "CANCELLING") return false;
  return compareTimestamps(addSeconds(state.timestamp, CANCELLING_SECONDS), now) <= 0;
}

function endCancelling(context: LocalContext, id: string): Promise<boolean> {
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.flowRuns.find(id);
    if (run === undefined || !isOverdue(run, moment.now)) return false;
    const state = toProposal({
      type: "CANCELLED",
      message: `Nobody ended the run within ${CANCELLING_SECONDS} seconds of its cancellation.`,
    });
    const result = await proposeFlowRunState(store, { run, state, policy: minimalFlowPolicy }, moment);
    return result.status === "ACCEPT";
  });
}

function recentlyCancelled(context: LocalContext, offset: number): Promise<StoredFlowRun[]> {
  const now = context.now();
  return context.store.flowRuns.list({
    where: {
      type: "all",
      conditions: [
        { type: "equals", member: "state_type", value: "CANCELLED" },
        { type: "at-least", member: "end_time", value: addSeconds(now, -RECENT_SECONDS) },
        { type: "at-most", member: "end_time", value: addSeconds(now, -REPORT_SECONDS) },
      ],
    },
    orderBy: [{ member: "end_time", direction: "asc" }],
    limit: PAGE,
    offset,
  });
}

/** Says whether there were any. */
async function endChildren(context: LocalContext, { id }: StoredFlowRun): Promise<boolean> {
  // Most have none, and need no transaction.
  if ((await context.store.taskRuns.listUnfinished(id)).length === 0) return false;
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.flowRuns.find(id);
    if (run?.state_type !== "CANCELLED") return false;
    const taskRunIds = await store.taskRuns.listUnfinished(id);
    for (const subflowRun of await store.flowRuns.list({ where: isLiveSubflowOf(taskRunIds) })) {
      await cancelSubflow(store, subflowRun.id, moment);
    }
    const state = toProposal({ type: "CANCELLED", message: "The flow run was cancelled." });
    for (const taskRunId of taskRunIds) {
      const taskRun = await store.taskRuns.find(taskRunId);
      if (taskRun !== undefined) await writeTaskRunState(store, { run: taskRun, state }, moment);
    }
    return taskRunIds.length > 0;
  });
}

function isLiveSubflowOf(taskRunIds: readonly string[]): Condition<StoredFlowRun> {
  const hasEnded: Condition<StoredFlowRun> = {
    type: "one-of",
    member: "state_type",
    values: ["COMPLETED", "FAILED", "CANCELLED", "CRASHED", "CANCELLING"],
  };
  return {
    type: "all",
    conditions: [
      { type: "one-of", member: "parent_task_run_id", values: taskRunIds },
      { type: "not", condition: hasEnded },
    ],
  };
}

/** Where somebody runs it elsewhere, they are told to end it; otherwise it has ended with its parent. */
async function cancelSubflow(store: Store, id: string, moment: Moment): Promise<void> {
  const run = await store.flowRuns.find(id);
  if (run === undefined) return;
  const type = run.deployment_id === null ? "CANCELLED" : "CANCELLING";
  const state = toProposal({ type, message: "The flow run that it is part of was cancelled." });
  await proposeFlowRunState(store, { run, state, policy: coreFlowPolicy }, moment);
}
