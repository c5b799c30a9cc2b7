/** Runs that are late because a deployment is full do not wait where the deployment says that they shall not. */
import { ACCEPT, type FlowRunRule } from "../verdict.ts";
import { cancelledForSlot } from "./secure-concurrency-slot.ts";

/** Rejects Late to CANCELLED while no slot is free, for deployments that cancel new runs. */
export const enforceConcurrencyOnLate: FlowRunRule = (proposal, { run, concurrency }) => {
  if (run.state?.type !== "SCHEDULED" || proposal.type !== "SCHEDULED" || proposal.name !== "Late")
    return ACCEPT;
  if (concurrency?.collisionStrategy !== "CANCEL_NEW" || concurrency.freeSlots > 0) return ACCEPT;
  return {
    type: "reject",
    state: cancelledForSlot("Deployment concurrency limit reached."),
    reason: "Deployment concurrency limit is full and uses the CANCEL_NEW strategy.",
  };
};
