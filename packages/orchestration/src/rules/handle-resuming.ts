/** How a paused run goes on. */
import { isTerminalStateType, type StateType } from "@sluice/protocol";
import { compareTimestamps } from "../timestamp.ts";
import { ACCEPT, type FlowRunRule, type ProposedState } from "../verdict.ts";

/**
 * For paused runs: lets them run, be scheduled or end; fails those whose pause timed out; refuses to start a suspended
 * run again that has no deployment. Notes that the run is resuming, so that it is not counted as another run.
 */
export const handleResuming: FlowRunRule = (proposal, { run, now }) => {
  const current = run.state;
  if (current?.type !== "PAUSED") return ACCEPT;
  if (!leadsOn(proposal.type)) {
    const reason = `This run cannot transition to the ${proposal.type} state from the ${current.type} state.`;
    return { type: "reject", state: null, reason };
  }
  const name = proposal.name.toLowerCase();
  if (current.state_details.pause_reschedule === true && run.deployment_id === null) {
    return {
      type: "reject",
      state: null,
      reason: `Cannot reschedule a ${name} flow run without a deployment.`,
    };
  }
  const timeout = current.state_details.pause_timeout ?? null;
  if (timeout !== null && compareTimestamps(timeout, now) < 0) {
    const verb = proposal.name === "Suspended" ? "suspend" : "pause";
    const reason = `The flow run ${verb} has timed out and can no longer resume.`;
    return { type: "reject", state: failed(`The flow was ${name} and never resumed.`), reason };
  }
  return { type: "accept", run: { empirical_policy: { ...run.empirical_policy, resuming: true } } };
};

function leadsOn(type: StateType): boolean {
  return type === "RUNNING" || type === "SCHEDULED" || isTerminalStateType(type);
}

function failed(message: string): ProposedState {
  return { type: "FAILED", name: "Failed", message, data: null, state_details: {} };
}
