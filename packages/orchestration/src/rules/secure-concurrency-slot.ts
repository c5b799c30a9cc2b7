/** Runs of a deployment that has a concurrency limit need a slot before anything is provisioned for them. */
import { addSeconds } from "../timestamp.ts";
import {
  ACCEPT,
  type FlowRunContext,
  type FlowRunRule,
  type ProposedState,
  type Verdict,
} from "../verdict.ts";

/** What a run is called that waits for a slot. */
export const AWAITING_SLOT = "AwaitingConcurrencySlot";
export const SLOT_WAIT_SECONDS = 30;
/** Between them and PENDING a run keeps the slot that it has. */
const HOLDING: readonly (string | undefined)[] = ["PENDING", "RUNNING", "CANCELLING"];
/** Workers of these versions take the slots of deployments themselves. */
const SELF_MANAGING: ReadonlySet<string> = new Set(["3.0.0rc20", "3.0.0", "3.0.1", "3.0.2", "3.0.3"]);
const REASON = "Deployment concurrency limit reached.";

/**
 * Takes a slot on the way to PENDING. Where none is free the run is rejected: to wait for one, or to end, as the deployment
 * says. A limit of none aborts.
 */
export const secureConcurrencySlot: FlowRunRule = (proposal, context) => {
  const { run, concurrency, clientVersion } = context;
  if (proposal.type !== "PENDING" || HOLDING.includes(run.state?.type)) return ACCEPT;
  if (concurrency === undefined || concurrency.holdsSlot || SELF_MANAGING.has(clientVersion ?? ""))
    return ACCEPT;
  if (concurrency.limit === 0) {
    const reason = "The deployment concurrency limit is 0. The flow will deadlock if submitted again.";
    return { type: "abort", reason };
  }
  if (concurrency.freeSlots <= 0) return refusal(concurrency.collisionStrategy, context);
  const leaseSeconds = concurrency.graceSeconds;
  return { type: "accept", slot: { type: "take", leaseId: context.newId(), leaseSeconds } };
};

/** How a run ends that nobody waits with. */
export function cancelledForSlot(message: string): ProposedState {
  return { type: "CANCELLED", name: "Cancelled", message, data: null, state_details: {} };
}

function refusal(strategy: "ENQUEUE" | "CANCEL_NEW", { now }: FlowRunContext): Verdict {
  if (strategy === "CANCEL_NEW") return { type: "reject", state: cancelledForSlot(REASON), reason: REASON };
  const state: ProposedState = {
    type: "SCHEDULED",
    name: AWAITING_SLOT,
    message: null,
    data: null,
    state_details: { scheduled_time: addSeconds(now, SLOT_WAIT_SECONDS) },
  };
  return { type: "reject", state, reason: REASON };
}
