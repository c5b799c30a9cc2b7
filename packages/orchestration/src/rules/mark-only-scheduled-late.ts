/** Late is a finer word for scheduled. */
import { ACCEPT, type FlowRunRule } from "../verdict.ts";

/** Rejects marking a run late that is not scheduled, or late already. */
export const markOnlyScheduledLate: FlowRunRule = (proposal, { run }) => {
  if (proposal.type !== "SCHEDULED" || proposal.name !== "Late" || run.state === null) return ACCEPT;
  if (run.state.type !== "SCHEDULED") {
    return { type: "reject", state: null, reason: "Only scheduled flows can be marked late." };
  }
  return run.state.name === "Late"
    ? { type: "reject", state: null, reason: "This run is already late." }
    : ACCEPT;
};
