/** A run that is being cancelled can only become cancelled. */
import { ACCEPT, type FlowRunRule } from "../verdict.ts";

/** Rejects every way out of CANCELLING but CANCELLED. */
export const enforceCancellingToCancelled: FlowRunRule = (proposal, { run }) => {
  if (run.state?.type !== "CANCELLING" || proposal.type === "CANCELLED") return ACCEPT;
  const reason = "Cannot transition flows that are cancelling to a state other than Cancelled.";
  return { type: "reject", state: null, reason };
};
