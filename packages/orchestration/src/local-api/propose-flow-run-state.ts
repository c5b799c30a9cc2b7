/** Carries out what a policy decides on a proposed state of a flow run. */

import type { OrchestrationResult } from "@sluice/protocol";
import { changeSlot, holdConcurrency } from "../concurrency/deployment-slots.ts";
import { decide } from "../decide.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import type { FlowRunRule, ProposedState } from "../verdict.ts";
import { carryOut } from "./carry-out.ts";
import type { Moment } from "./local-context.ts";
import { writeFlowRunState } from "./write-state.ts";

/** What is proposed for a run, and who decides. */
export interface FlowRunProposal {
  /** The run as `store` has it now. */
  readonly run: StoredFlowRun;
  readonly state: ProposedState;
  readonly policy: readonly FlowRunRule[];
  /** Version of the Prefect client that proposes; absent for all others. */
  readonly clientVersion?: string | undefined;
}

/** Asks the policy and writes what it comes to; to be called in a transaction, on the transaction's store. */
export async function proposeFlowRunState(
  store: Store,
  proposal: FlowRunProposal,
  moment: Moment,
): Promise<OrchestrationResult> {
  const { run, policy, clientVersion } = proposal;
  const held = await holdConcurrency(store, proposal, moment);
  const decision = decide(policy, proposal.state, {
    ...moment,
    run,
    clientVersion,
    concurrency: held?.facts,
  });
  return carryOut(decision, run.state, async ({ state, changes, slot }) => {
    if (slot !== undefined && held !== undefined) {
      await changeSlot(store, slot, { run, limit: held.limit }, moment);
    }
    const takenLeaseId = slot?.type === "take" ? slot.leaseId : undefined;
    return writeFlowRunState(store, { run, state, changes, takenLeaseId }, moment);
  });
}
