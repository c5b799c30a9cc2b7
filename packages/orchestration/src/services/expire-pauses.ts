/** Fails the runs that nobody resumed in time. */
import type { LocalContext } from "../local-api/local-context.ts";
import { toProposal } from "../local-api/proposals.ts";
import { proposeFlowRunState } from "../local-api/propose-flow-run-state.ts";
import { minimalFlowPolicy } from "../policies.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { compareTimestamps } from "../timestamp.ts";
import { liveRunsIn } from "./live-runs.ts";

/** Gives how many it failed. */
export async function expirePauses(context: LocalContext): Promise<number> {
  let count = 0;
  for await (const run of liveRunsIn(context, "PAUSED")) {
    if (isExpired(run, context.now()) && (await expire(context, run.id))) count += 1;
  }
  return count;
}

/** Somebody may have resumed the run meanwhile. */
function expire(context: LocalContext, id: string): Promise<boolean> {
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.flowRuns.find(id);
    if (run === undefined || !isExpired(run, moment.now)) return false;
    const state = toProposal({
      type: "FAILED",
      message: "The run was paused, and nobody resumed it before its pause timed out.",
    });
    const result = await proposeFlowRunState(store, { run, state, policy: minimalFlowPolicy }, moment);
    return result.status === "ACCEPT";
  });
}

function isExpired({ state }: StoredFlowRun, now: string): boolean {
  const timeout = state?.type === "PAUSED" ? state.state_details.pause_timeout : undefined;
  return timeout !== null && timeout !== undefined && compareTimestamps(timeout, now) <= 0;
}
