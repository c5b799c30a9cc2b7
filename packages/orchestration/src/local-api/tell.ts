/** Tells what happens, where somebody may be listening. */
import { type Lifecycle, lifecycleEvent } from "../events/lifecycle-event.ts";
import { flowRunStateEvent, type StateChange, taskRunStateEvent } from "../events/state-events.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import type { Moment } from "./local-context.ts";

/** A flow run entered a state; `run` is as it is then. */
export async function tellFlowRunState(
  store: Store,
  run: StoredFlowRun,
  change: StateChange,
  moment: Moment,
): Promise<void> {
  const { names } = moment;
  if (names === undefined) return;
  const flow = await names.flow(store, run.flow_id);
  const deployment =
    run.deployment_id === null ? undefined : await names.deployment(store, run.deployment_id);
  moment.emit(flowRunStateEvent(run, change, { flow, deployment }));
}

/** The server put a task run into a state; `run` is as it is then. */
export function tellTaskRunState(run: StoredTaskRun, change: StateChange, moment: Moment): void {
  if (moment.names !== undefined) moment.emit(taskRunStateEvent(run, change));
}

/** Something became of an object. */
export function tellLifecycle(lifecycle: Lifecycle, moment: Moment): void {
  if (moment.names !== undefined) moment.emit(lifecycleEvent(lifecycle, moment));
}
