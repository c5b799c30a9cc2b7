/** Finds pools and queues by the names that paths have. */
import { ObjectNotFoundError } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";

/** The pool of queues that are named without one. */
export const AGENT_POOL = "default-agent-pool";
/** The queue that every pool has. */
export const DEFAULT_QUEUE = "default";

/** A queue and its pool. */
export interface Place {
  readonly pool: StoredWorkPool;
  readonly queue: StoredWorkQueue;
}

/** With `lock` it stays as it is until the transaction ends. */
export interface FindOptions {
  readonly lock?: "wait" | undefined;
}

/** @throws {ObjectNotFoundError} when there is none of the name. */
export async function findPool(store: Store, name: string, options?: FindOptions): Promise<StoredWorkPool> {
  const where: Condition<StoredWorkPool> = { type: "equals", member: "name", value: name };
  const [pool] = await store.objects("work_pool").list({ where, limit: 1, ...options });
  if (pool === undefined) throw new ObjectNotFoundError("work pool", name);
  return pool;
}

/** @throws {ObjectNotFoundError} when there is none of the id. */
export async function findPoolById(store: Store, id: string, options?: FindOptions): Promise<StoredWorkPool> {
  const where: Condition<StoredWorkPool> = { type: "equals", member: "id", value: id };
  const [pool] = await store.objects("work_pool").list({ where, limit: 1, ...options });
  if (pool === undefined) throw new ObjectNotFoundError("work pool", id);
  return pool;
}

/** @throws {ObjectNotFoundError} when the pool has none of the name. */
export async function findQueue(
  store: Store,
  pool: StoredWorkPool,
  name: string,
  options?: FindOptions,
): Promise<StoredWorkQueue> {
  const where: Condition<StoredWorkQueue> = {
    type: "all",
    conditions: [
      { type: "equals", member: "work_pool_id", value: pool.id },
      { type: "equals", member: "name", value: name },
    ],
  };
  const [queue] = await store.objects("work_queue").list({ where, limit: 1, ...options });
  if (queue === undefined) throw new ObjectNotFoundError("work queue", `${pool.name}/${name}`);
  return queue;
}

/** @throws {ObjectNotFoundError} when there is none of the id. */
export async function findQueueById(
  store: Store,
  id: string,
  options?: FindOptions,
): Promise<StoredWorkQueue> {
  const where: Condition<StoredWorkQueue> = { type: "equals", member: "id", value: id };
  const [queue] = await store.objects("work_queue").list({ where, limit: 1, ...options });
  if (queue === undefined) throw new ObjectNotFoundError("work queue", id);
  return queue;
}

/**
 * The queue of a new run that names a pool, a queue or both; undefined when it names none.
 * @throws {ObjectNotFoundError} when there is none.
 */
export async function findPlaceOf(
  store: Store,
  names: {
    readonly work_pool_name?: string | null | undefined;
    readonly work_queue_name?: string | null | undefined;
  },
): Promise<Place | undefined> {
  const { work_pool_name: poolName, work_queue_name: queueName } = names;
  if (!poolName && !queueName) return undefined;
  const pool = await findPool(store, poolName || AGENT_POOL);
  return { pool, queue: await findQueue(store, pool, queueName || DEFAULT_QUEUE) };
}

/** What a run keeps of its queue. */
export function placeMembers(
  place: Place | undefined,
): Pick<StoredFlowRun, "work_queue_id" | "work_queue_name" | "work_pool_id" | "work_pool_name"> {
  return {
    work_queue_id: place?.queue.id ?? null,
    work_queue_name: place?.queue.name ?? null,
    work_pool_id: place?.pool.id ?? null,
    work_pool_name: place?.pool.name ?? null,
  };
}

/** The queues of a pool, first served first. */
export function listQueues(store: Store, poolId: string, options?: FindOptions): Promise<StoredWorkQueue[]> {
  return store.objects("work_queue").list({
    where: { type: "equals", member: "work_pool_id", value: poolId },
    orderBy: [{ member: "priority", direction: "asc" }],
    ...options,
  });
}
