/** Makes, changes and deletes pools, in a transaction. */
import { ConflictError, ForbiddenError, type WorkPoolCreate, type WorkPoolUpdate } from "@sluice/protocol";
import { changesPayload, workPoolEvent, workQueueEvent } from "../events/work-pool-events.ts";
import type { Moment } from "../local-api/local-context.ts";
import { presentMembers } from "../local-api/requests.ts";
import type { Store } from "../store.ts";
import type { StoredWorkPool } from "../stored-nouns.ts";
import { DEFAULT_QUEUE, listQueues } from "./find.ts";
import { emptyQueue } from "./queue-runs.ts";
import { createQueue } from "./queues.ts";

const RESERVED = /^prefect/iu;
const FIRST_QUEUE = { name: DEFAULT_QUEUE, description: "The work pool's default queue." };
/** What may change in a reserved pool. */
const FREE_MEMBERS: ReadonlySet<string> = new Set(["is_paused", "concurrency_limit"]);

/** @throws {ConflictError} when there is a pool of the name. */
export async function createPool(
  store: Store,
  create: WorkPoolCreate,
  moment: Moment,
): Promise<StoredWorkPool> {
  requireFree(create.name, "created");
  const { object: pool, created } = await store.objects("work_pool").insert({
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    name: create.name,
    description: create.description ?? null,
    type: create.type ?? "prefect-agent",
    base_job_template: create.base_job_template ?? {},
    is_paused: create.is_paused ?? false,
    concurrency_limit: create.concurrency_limit ?? null,
    status: "NOT_READY",
    default_queue_id: null,
    storage_configuration: create.storage_configuration ?? {},
  });
  if (!created)
    throw new ConflictError(`A work pool with the name ${create.name} already exists. Change it.`);
  const queue = await createQueue(store, pool, FIRST_QUEUE, moment);
  const defaultQueue = { default_queue_id: queue.id };
  await store.objects("work_pool").update(pool.id, defaultQueue);
  moment.emit(workPoolEvent("created", pool, moment));
  return { ...pool, ...defaultQueue };
}

export async function updatePool(
  store: Store,
  pool: StoredWorkPool,
  update: WorkPoolUpdate,
  moment: Moment,
): Promise<void> {
  if (Object.keys(presentMembers(update)).some((member) => !FREE_MEMBERS.has(member))) {
    requireFree(pool.name, "changed, but for its pause and its limit");
  }
  const told = presentMembers({
    description: update.description,
    base_job_template: update.base_job_template ?? undefined,
    concurrency_limit: update.concurrency_limit,
    storage_configuration: update.storage_configuration ?? undefined,
  }) as Partial<StoredWorkPool>;
  const isPaused = update.is_paused ?? pool.is_paused;
  const changes = { ...told, is_paused: isPaused };
  await store.objects("work_pool").update(pool.id, { ...changes, updated: moment.now });
  const after = { ...pool, ...changes };
  const payload = changesPayload(pool, told);
  if (payload !== undefined) moment.emit(workPoolEvent("updated", after, moment, payload));
  if (isPaused === pool.is_paused) return;
  const action = isPaused ? "paused" : pool.status === "READY" ? "ready" : "not-ready";
  moment.emit(workPoolEvent(action, after, moment));
}

/** Deletes a pool with its queues and workers. */
export async function deletePool(store: Store, pool: StoredWorkPool, moment: Moment): Promise<void> {
  requireFree(pool.name, "deleted");
  for (const queue of await listQueues(store, pool.id)) {
    await emptyQueue(store, queue.id, moment);
    await store.objects("work_queue").delete(queue.id);
    moment.emit(workQueueEvent("deleted", { queue, pool }, moment));
  }
  const workers = store.objects("worker");
  const own = await workers.list({ where: { type: "equals", member: "work_pool_id", value: pool.id } });
  for (const { id } of own) await workers.delete(id);
  await store.objects("work_pool").delete(pool.id);
  moment.emit(workPoolEvent("deleted", pool, moment));
}

/** Puts a pool into another status, and tells it unless the pool is paused, which hides it. */
export async function setPoolStatus(
  store: Store,
  pool: StoredWorkPool,
  status: StoredWorkPool["status"],
  moment: Moment,
): Promise<void> {
  if (pool.status === status) return;
  await store.objects("work_pool").update(pool.id, { status });
  if (pool.is_paused) return;
  moment.emit(workPoolEvent(status === "READY" ? "ready" : "not-ready", { ...pool, status }, moment));
}

function requireFree(name: string, action: string): void {
  if (!RESERVED.test(name)) return;
  throw new ForbiddenError(
    `Work pools starting with 'Prefect' are reserved for internal use, so ${name} cannot be ${action}. Use another name.`,
  );
}
