/** A task run that ended goes on only for a reason. */
import { isTerminalStateType, type StateType } from "@sluice/protocol";
import { hasPersistedResult } from "../../persisted-result.ts";
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

const INTERRUPTIONS: readonly StateType[] = ["CANCELLING", "PAUSED", "CRASHED"];

/**
 * For runs in a terminal state: aborts what only a live run can do, and keeps a persisted result. A run that goes on has a
 * new count of attempts.
 */
export const guardEndedTasks: TaskRunRule = (proposal, { run, flowRun }) => {
  const current = run.state;
  if (current === null || !isTerminalStateType(current.type)) return ACCEPT;
  if (INTERRUPTIONS.includes(proposal.type)) {
    return { type: "abort", reason: `Run is already in terminal state ${current.type}.` };
  }
  if (hasPersistedResult(current)) {
    return { type: "reject", state: null, reason: "This run is already completed." };
  }
  if (isTerminalStateType(proposal.type)) return ACCEPT;
  // In a later attempt of its flow run it is the flow that retries.
  const isRetried = flowRun !== undefined && flowRun.run_count > run.flow_run_run_count;
  return {
    type: "accept",
    state: isRetried && proposal.type === "RUNNING" ? { ...proposal, name: "Retrying" } : proposal,
    run: { run_count: 0 },
  };
};
