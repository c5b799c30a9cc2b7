/** Keeps two workers from submitting one run. */
import type { StateType } from "@sluice/protocol";
import { ACCEPT, type RunRule } from "../verdict.ts";

const TAKEN: readonly StateType[] = ["PENDING", "CANCELLING", "RUNNING", "CANCELLED"];

/**
 * Aborts PENDING for a run that was taken or cancelled already: the first to propose it has the run. From one pending
 * state to another of a finer name (Submitting, InfrastructurePending) a run may go; it keeps its scheduled time.
 */
export const preventPendingTransitions: RunRule = (proposal, { run }) => {
  const current = run.state;
  if (proposal.type !== "PENDING" || current === null || !TAKEN.includes(current.type)) return ACCEPT;
  if (current.type === "PENDING" && proposal.name !== "Pending" && proposal.name !== current.name) {
    const { scheduled_time = null } = current.state_details;
    const details = { ...proposal.state_details, scheduled_time };
    return { type: "accept", state: { ...proposal, state_details: details } };
  }
  const reason = `This run is in a ${current.type} state and cannot transition to a PENDING state.`;
  return { type: "abort", reason };
};
