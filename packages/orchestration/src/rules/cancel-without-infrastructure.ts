/** Cancelling is for runs that something executes; others are cancelled at once. */
import { ACCEPT, type FlowRunRule, type ProposedState, type Verdict } from "../verdict.ts";

/** Rejects CANCELLING to CANCELLED for a scheduled or suspended run that nothing executes. */
export const cancelWithoutInfrastructure: FlowRunRule = (proposal, { run }) => {
  const current = run.state;
  if (current === null || proposal.type !== "CANCELLING") return ACCEPT;
  const isWaiting = current.type === "SCHEDULED" && (!run.infrastructure_pid || current.name === "Resuming");
  if (isWaiting) return cancelled(proposal, "Scheduled flow run has no infrastructure to terminate.");
  if (current.type === "PAUSED" && current.state_details.pause_reschedule === true) {
    return cancelled(proposal, "Suspended flow run has no infrastructure to terminate.");
  }
  return ACCEPT;
};

function cancelled(proposal: ProposedState, reason: string): Verdict {
  const state = {
    type: "CANCELLED",
    name: "Cancelled",
    message: proposal.message,
    data: null,
    state_details: {},
  } as const;
  return { type: "reject", state, reason };
}
