/** A slot may be lost while infrastructure is provisioned: it is looked at again when the run begins. */
import { isVersionAtLeast } from "../client-version.ts";
import { ACCEPT, type FlowRunContext, type FlowRunRule, type Verdict } from "../verdict.ts";
import { cancelledForSlot } from "./secure-concurrency-slot.ts";

/** Clients since then renew the leases of their slots. */
const RENEWING_SINCE = [3, 4, 11] as const;

/**
 * On the way from PENDING to RUNNING renews the lease of the run's slot, or takes another slot where it was lost. Where none
 * is free, clients that know of leases are rejected to CANCELLED. Those that never renew one keep it until the run leaves it,
 * also on the way to CANCELLING.
 */
export const keepConcurrencySlot: FlowRunRule = (proposal, context) => {
  const { run, concurrency } = context;
  if (run.state?.type !== "PENDING" || concurrency === undefined) return ACCEPT;
  if ((run.state.state_details.deployment_concurrency_lease_id ?? null) === null) return ACCEPT;
  const renews = isVersionAtLeast(context.clientVersion, RENEWING_SINCE);
  const leaseSeconds = renews ? concurrency.graceSeconds : null;
  if (proposal.type === "CANCELLING" && !renews && concurrency.holdsSlot) return keep(leaseSeconds);
  if (proposal.type !== "RUNNING") return ACCEPT;
  if (concurrency.holdsSlot) return keep(leaseSeconds);
  if (concurrency.freeSlots > 0) {
    return { type: "accept", slot: { type: "take", leaseId: context.newId(), leaseSeconds } };
  }
  return renews ? lost(context) : ACCEPT;
};

function keep(leaseSeconds: number | null): Verdict {
  return { type: "accept", slot: { type: "keep", leaseSeconds } };
}

function lost({ run }: FlowRunContext): Verdict {
  const message = `Deployment concurrency slot lost during provisioning of flow run ${run.id}, and no other is free.`;
  const reason = "Deployment concurrency limit reached after lease expiry.";
  return { type: "reject", state: cancelledForSlot(message), reason };
}
