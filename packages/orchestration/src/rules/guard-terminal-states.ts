/** A run that ended goes on only for a reason. */
import { isTerminalStateType, type StateType } from "@sluice/protocol";
import { hasPersistedResult, losesResult } from "../persisted-result.ts";
import { ACCEPT, type FlowRunRule, type RunChanges } from "../verdict.ts";

const INTERRUPTIONS: readonly StateType[] = ["CANCELLING", "PAUSED", "CRASHED"];

/**
 * For runs in a terminal state: aborts what only a live run can do, and scheduling anew without a deployment that could
 * run it; keeps a persisted result from being lost. A run that goes on forgets its pauses and how it was retried.
 */
export const guardTerminalStates: FlowRunRule = (proposal, { run }) => {
  const current = run.state;
  if (current === null || !isTerminalStateType(current.type)) return ACCEPT;
  if (INTERRUPTIONS.includes(proposal.type)) {
    return { type: "abort", reason: `Run is already in terminal state ${current.type}.` };
  }
  const goesOn = !isTerminalStateType(proposal.type);
  if (losesResult(current, proposal) || (goesOn && hasPersistedResult(current))) {
    return { type: "reject", state: null, reason: "Run is already COMPLETED." };
  }
  if (proposal.type === "SCHEDULED" && run.deployment_id === null) {
    return { type: "abort", reason: "Cannot reschedule a run without an associated deployment." };
  }
  if (!goesOn) return ACCEPT;
  const retryType = proposal.type === "SCHEDULED" ? "reschedule" : null;
  const policy: RunChanges["empirical_policy"] = {
    ...run.empirical_policy,
    resuming: false,
    pause_keys: [],
    retry_type: retryType,
  };
  return { type: "accept", run: { empirical_policy: policy } };
};
