/** Carries out what a policy decides on a proposed state of a task run. */
import type { OrchestrationResult } from "@sluice/protocol";
import { holdTagLimits, takeTagSlots } from "../concurrency/tag-slots.ts";
import { decide } from "../decide.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import { findCachedState } from "../task-cache.ts";
import type { ProposedState, TaskRunRule } from "../verdict.ts";
import { carryOut } from "./carry-out.ts";
import type { Moment } from "./local-context.ts";
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
  const cached = await findCachedState(store, proposal.state, moment.now);
  const held = await holdTagLimits(store, proposal, moment);
  const decision = decide(policy, proposal.state, {
    ...moment,
    run,
    flowRun,
    cached,
    tagLimits: held?.facts,
  });
  return carryOut(decision, run.state, async ({ state, changes, slot }) => {
    if (slot?.type === "take" && held !== undefined) {
      await takeTagSlots(store, slot, { run, limits: held.limits }, moment);
    }
    return writeTaskRunState(store, { run, state, changes }, moment);
  });
}
