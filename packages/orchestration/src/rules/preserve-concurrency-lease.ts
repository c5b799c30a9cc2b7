/** The concurrency slot of a deployment goes along with the run from state to state. */
import { ACCEPT, type FlowRunRule } from "../verdict.ts";

/** Copies the id of the slot's lease to a proposal that lacks it, as those of workers do. */
export const preserveConcurrencyLease: FlowRunRule = (proposal, { run }) => {
  const lease = run.state?.state_details.deployment_concurrency_lease_id ?? null;
  const details = proposal.state_details;
  if (lease === null || (details.deployment_concurrency_lease_id ?? null) !== null) return ACCEPT;
  const state = { ...proposal, state_details: { ...details, deployment_concurrency_lease_id: lease } };
  return { type: "accept", state };
};
