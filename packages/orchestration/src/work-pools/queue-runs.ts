/** What a change of a queue means for the runs and deployments in it. */
import { isTerminalStateType, STATE_TYPES, type StateType } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import type { TransitionContext } from "../transition.ts";

const BATCH = 200;
const LIVE_TYPES: readonly StateType[] = STATE_TYPES.filter((type) => !isTerminalStateType(type));

/** Runs tell the new name; those that have ended keep the one they ran under. */
export async function renameInRuns(store: Store, queueId: string, name: string): Promise<void> {
  const where: Condition<StoredFlowRun> = {
    type: "all",
    conditions: [...live(queueId), { type: "none-of", member: "work_queue_name", values: [name] }],
  };
  await updateAll(store, where, { work_queue_name: name });
}

/** Takes runs and deployments out of a queue that ends. */
export async function emptyQueue(store: Store, queueId: string, moment: TransitionContext): Promise<void> {
  const nowhere = { work_queue_id: null, work_queue_name: null, work_pool_id: null, work_pool_name: null };
  await updateAll(store, { type: "all", conditions: live(queueId) }, nowhere);
  const deployments = store.objects("deployment");
  const waiting = await deployments.list({
    where: { type: "equals", member: "work_queue_id", value: queueId },
  });
  for (const { id } of waiting) await deployments.update(id, { work_queue_id: null, updated: moment.now });
}

function live(queueId: string): Condition<StoredFlowRun>[] {
  return [
    { type: "equals", member: "work_queue_id", value: queueId },
    { type: "one-of", member: "state_type", values: LIVE_TYPES },
  ];
}

/** `changes` make runs no longer match. */
async function updateAll(
  store: Store,
  where: Condition<StoredFlowRun>,
  changes: Partial<StoredFlowRun>,
): Promise<void> {
  for (;;) {
    const batch = await store.flowRuns.list({ where, limit: BATCH });
    for (const { id } of batch) await store.flowRuns.update(id, changes);
    if (batch.length < BATCH) return;
  }
}
