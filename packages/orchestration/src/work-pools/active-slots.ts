/** Runs that count against the limits of pools and queues. What is counted is alive, so its number does not grow with age. */
import type { StateType, WorkPool, WorkQueue } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";

const OCCUPYING: readonly StateType[] = ["PENDING", "RUNNING"];

/** Runs that count against the limit of a queue. */
export function inQueue(queueId: string): Condition<StoredFlowRun> {
  return occupying({ type: "equals", member: "work_queue_id", value: queueId });
}

/** Runs that count against the limit of a pool. */
export function inPool(poolId: string): Condition<StoredFlowRun> {
  return occupying({
    type: "related",
    noun: "work_queue",
    member: "work_queue_id",
    references: "id",
    where: { type: "equals", member: "work_pool_id", value: poolId },
  });
}

/** A pool as it is given out. */
export async function toWorkPool(store: Store, pool: StoredWorkPool): Promise<WorkPool> {
  return {
    ...pool,
    status: pool.is_paused ? "PAUSED" : pool.status,
    active_slots: pool.concurrency_limit === null ? null : await store.flowRuns.count(inPool(pool.id)),
  };
}

/** A queue as it is given out. */
export async function toWorkQueue(
  store: Store,
  queue: StoredWorkQueue,
  pool: Pick<StoredWorkPool, "name">,
): Promise<WorkQueue> {
  return {
    ...queue,
    work_pool_name: pool.name,
    status: queue.is_paused ? "PAUSED" : queue.status,
    active_slots: queue.concurrency_limit === null ? null : await store.flowRuns.count(inQueue(queue.id)),
  };
}

function occupying(where: Condition<StoredFlowRun>): Condition<StoredFlowRun> {
  return { type: "all", conditions: [where, { type: "one-of", member: "state_type", values: OCCUPYING }] };
}
