/** Writes states that were decided on, with everything that follows from them. */

import type { WireState } from "@sluice/protocol";
import { endLease } from "../concurrency/leases.ts";
import { releaseTagSlots } from "../concurrency/tag-slots.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import { enterFlowRunState, enterTaskRunState, mirroredState, slotLeaseId } from "../transition.ts";
import type { ProposedState, RunChanges, TaskRunChanges } from "../verdict.ts";
import type { Moment } from "./local-context.ts";
import { tellFlowRunState, tellTaskRunState } from "./tell.ts";

interface FlowRunEntry {
  readonly run: StoredFlowRun;
  readonly state: ProposedState;
  readonly changes?: RunChanges | undefined;
  /** The lease of a slot that the run took on the way. */
  readonly takenLeaseId?: string | undefined;
}

/** Puts a flow run into a state, gives back a slot that it leaves, shows it on the parent's task run, and gives the state as written. */
export async function writeFlowRunState(
  store: Store,
  entry: FlowRunEntry,
  moment: Moment,
): Promise<WireState> {
  const { run, changes, takenLeaseId } = entry;
  const amended = changes === undefined ? run : { ...run, ...changes };
  const transition = enterFlowRunState(amended, entry.state, { ...moment, takenLeaseId });
  moment.begin(store.flowRuns.update(run.id, { ...changes, ...transition.changes, updated: moment.now }));
  const heldLeaseId = slotLeaseId(run);
  if (heldLeaseId !== null && slotLeaseId(transition) !== heldLeaseId) {
    await endLease(store, heldLeaseId, moment);
  }
  const entered = { ...amended, ...transition.changes };
  await tellFlowRunState(store, entered, { before: run.state, after: transition.state }, moment);
  await mirrorFlowRunState(store, { run, state: transition.state }, moment);
  return transition.state;
}

/** Puts the task run that stands for a sub-flow run into the state of the sub-flow run, whatever its own state is. */
export async function mirrorFlowRunState(
  store: Store,
  entry: { readonly run: StoredFlowRun; readonly state: WireState },
  moment: Moment,
): Promise<void> {
  const { run, state } = entry;
  if (run.parent_task_run_id === null) return;
  const taskRun = await store.taskRuns.find(run.parent_task_run_id);
  // The parent may have been deleted with its task runs while the sub-flow run goes on.
  if (taskRun === undefined) return;
  await writeTaskRunState(store, { run: taskRun, state: mirroredState(run.id, state) }, moment);
}

/** Puts a task run into a state, gives back the slots that it leaves, and gives the state as written. */
export async function writeTaskRunState(
  store: Store,
  entry: {
    readonly run: StoredTaskRun;
    readonly state: ProposedState;
    readonly changes?: TaskRunChanges | undefined;
  },
  moment: Moment,
): Promise<WireState> {
  const { run, changes: amendments } = entry;
  const { changes, state } = enterTaskRunState({ ...run, ...amendments }, entry.state, moment);
  await store.taskRuns.update(run.id, { ...amendments, ...changes, updated: moment.now });
  await releaseTagSlots(store, { run, state }, moment);
  tellTaskRunState({ ...run, ...amendments, ...changes }, { before: run.state, after: state }, moment);
  return state;
}
