/** Carries out what a policy decides on a proposed state of a task run. */
import type { OrchestrationResult } from "@sluice/protocol";
import { holdTagLimits, takeTagSlots } from "../concurrency/tag-slots.ts";
import { decide } from "../decide.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import type { ProposedState, TaskRunRule } from "../verdict.ts";
import type { Moment } from "./local-context.ts";
import { unwritten } from "./orchestration-results.ts";
import { writeTaskRunState } from "./write-state.ts";

/** What is proposed for a task run, and who decides. */
export interface TaskRunProposal {
  /** The run as `store` has it now. */
  readonly run: StoredTaskRun;
  readonly state: ProposedState;
  readonly policy: readonly TaskRunRule[];
}

/** Asks the policy and writes what it comes to; to be called in a transaction, on the transaction's store. */
export async function proposeTaskRunState(
  store: Store,
  proposal: TaskRunProposal,
  moment: Moment,
): Promise<OrchestrationResult> {
  const { run, policy } = proposal;
  const flowRun = run.flow_run_id === null ? undefined : await store.flowRuns.find(run.flow_run_id);
  const held = await holdTagLimits(store, proposal, moment);
  const decision = decide(policy, proposal.state, { ...moment, run, flowRun, tagLimits: held?.facts });
  switch (decision.type) {
    case "accept": {
      if (decision.slot?.type === "take" && held !== undefined) {
        await takeTagSlots(store, decision.slot, { run, limits: held.limits }, moment);
      }
      const entry = { run, state: decision.state, changes: decision.run };
      const state = await writeTaskRunState(store, entry, moment);
      return { status: "ACCEPT", state, details: { type: "accept_details" } };
    }
    case "reject": {
      const { state: instead, run: changes, reason } = decision;
      const state =
        instead === null
          ? run.state
          : await writeTaskRunState(store, { run, state: instead, changes }, moment);
      return { status: "REJECT", state, details: { type: "reject_details", reason } };
    }
    case "wait":
    case "abort":
      return unwritten(decision, run.state);
  }
}
