/** Shows which scheduled runs nobody has begun in time. */
import type { Condition } from "../conditions.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import { toProposal } from "../local-api/proposals.ts";
import { proposeFlowRunState } from "../local-api/propose-flow-run-state.ts";
import { markLateRunsPolicy } from "../policies.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { addSeconds } from "../timestamp.ts";

/** Pollers ask every ten seconds, so a run that is younger is not late. */
const LATE_SECONDS = 15;
const BATCH = 400;

/** What one step came to. */
export interface LateRunsReport {
  readonly marked: number;
  /** Whether more runs are overdue than one step takes. */
  readonly hasMore: boolean;
}

/** Proposes Late for overdue runs. Runs that are Late already are not looked at. */
export async function markLateRuns(context: LocalContext): Promise<LateRunsReport> {
  const overdue: Condition<StoredFlowRun> = {
    type: "all",
    conditions: [
      { type: "one-of", member: "state_type", values: ["SCHEDULED"] },
      { type: "equals", member: "state_name", value: "Scheduled" },
      {
        type: "at-most",
        member: "next_scheduled_start_time",
        value: addSeconds(context.now(), -LATE_SECONDS),
      },
    ],
  };
  const runs = await context.store.flowRuns.list({
    where: overdue,
    orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
    limit: BATCH,
  });
  let marked = 0;
  for (const { id } of runs) if (await markLate(context, id)) marked += 1;
  // What stays as it is although it was proposed must not keep the service going.
  return { marked, hasMore: runs.length === BATCH && marked > 0 };
}

/** Somebody may have begun the run meanwhile. */
function markLate(context: LocalContext, id: string): Promise<boolean> {
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.flowRuns.find(id);
    if (run === undefined || run.state_type !== "SCHEDULED" || run.state_name !== "Scheduled") return false;
    const state = toProposal({
      type: "SCHEDULED",
      name: "Late",
      state_details: { scheduled_time: run.next_scheduled_start_time },
    });
    const result = await proposeFlowRunState(store, { run, state, policy: markLateRunsPolicy }, moment);
    return result.status === "ACCEPT";
  });
}
