/** Makes, changes and deletes queues; to be called in a transaction that holds their pool, whose queues depend on each other. */
import { ConflictError, type WorkQueueCreate, type WorkQueueUpdate } from "@sluice/protocol";
import { changesPayload, workQueueEvent } from "../events/work-pool-events.ts";
import type { Moment } from "../local-api/local-context.ts";
import { presentMembers } from "../local-api/requests.ts";
import type { Store } from "../store.ts";
import type { StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { canonicalTimestamp, secondsBetween } from "../timestamp.ts";
import { listQueues, type Place } from "./find.ts";
import { POLL_TIMEOUT_SECONDS } from "./poll-timeout.ts";
import { lowestFreePriority, makeRoom } from "./queue-priorities.ts";
import { emptyQueue, renameInRuns } from "./queue-runs.ts";

/** @throws {ConflictError} when the pool has a queue of the name. */
export async function createQueue(
  store: Store,
  pool: StoredWorkPool,
  create: WorkQueueCreate,
  moment: Moment,
): Promise<StoredWorkQueue> {
  const others = await listQueues(store, pool.id);
  if (others.some(({ name }) => name === create.name)) {
    throw new ConflictError(`The work pool ${pool.name} has a queue ${create.name} already. Change it.`);
  }
  if (create.priority) await moveOn(store, makeRoom(others, create.priority));
  const queue: StoredWorkQueue = {
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    name: create.name,
    description: create.description ?? "",
    is_paused: create.is_paused ?? false,
    concurrency_limit: create.concurrency_limit ?? null,
    priority: create.priority ?? lowestFreePriority(others),
    work_pool_id: pool.id,
    last_polled: null,
    status: "NOT_READY",
  };
  await store.objects("work_queue").insert(queue);
  moment.emit(workQueueEvent("created", { queue, pool }, moment));
  return queue;
}

/** @throws {ConflictError} when another queue of the pool has the new name. */
export async function updateQueue(
  store: Store,
  place: Place,
  update: WorkQueueUpdate,
  moment: Moment,
): Promise<void> {
  const { pool, queue } = place;
  const changes = changesOf(update, moment);
  if (changes.priority !== undefined && changes.priority !== queue.priority) {
    const others = (await listQueues(store, pool.id)).filter(({ id }) => id !== queue.id);
    await moveOn(store, makeRoom(others, changes.priority));
  }
  const resumed = changes.is_paused === false && queue.is_paused;
  const status = resumed ? statusAfterPause(queue, moment) : queue.status;
  await store.objects("work_queue").update(queue.id, { ...changes, status, updated: moment.now });
  if (changes.name !== undefined && changes.name !== queue.name) {
    await renameInRuns(store, queue.id, changes.name);
  }
  emitChanges(place, { ...changes, status }, moment);
}

/** @throws {ConflictError} when it is the pool's default queue. */
export async function deleteQueue(store: Store, { pool, queue }: Place, moment: Moment): Promise<void> {
  if (pool.default_queue_id === queue.id) {
    throw new ConflictError(
      `The queue ${queue.name} is the default queue of work pool ${pool.name}, which needs one. Delete the pool instead.`,
    );
  }
  await emptyQueue(store, queue.id, moment);
  await store.objects("work_queue").delete(queue.id);
  moment.emit(workQueueEvent("deleted", { queue, pool }, moment));
}

/** What is written; null says nothing where nothing cannot be. */
function changesOf(update: WorkQueueUpdate, moment: Moment): Partial<StoredWorkQueue> {
  const { description, concurrency_limit, name, is_paused, priority, last_polled } = update;
  return presentMembers({
    description,
    concurrency_limit,
    name: name ?? undefined,
    is_paused: is_paused ?? undefined,
    priority: priority ?? undefined,
    last_polled: last_polled ? canonicalTimestamp(last_polled) : undefined,
    updated: moment.now,
  }) as Partial<StoredWorkQueue>;
}

/** A queue that somebody still asks for is served as soon as it is no longer paused. */
function statusAfterPause({ last_polled: polled }: StoredWorkQueue, { now }: Moment): "READY" | "NOT_READY" {
  return polled !== null && secondsBetween(polled, now) <= POLL_TIMEOUT_SECONDS ? "READY" : "NOT_READY";
}

function emitChanges({ pool, queue }: Place, changes: Partial<StoredWorkQueue>, moment: Moment): void {
  const after = { ...queue, ...changes };
  const { is_paused: _paused, status: _status, last_polled: _polled, updated: _updated, ...told } = changes;
  const payload = changesPayload(queue, told);
  if (payload !== undefined) moment.emit(workQueueEvent("updated", { queue: after, pool }, moment, payload));
  if (after.is_paused === queue.is_paused) return;
  const action = after.is_paused ? "paused" : after.status === "READY" ? "ready" : "not-ready";
  moment.emit(workQueueEvent(action, { queue: after, pool }, moment));
}

async function moveOn(
  store: Store,
  moved: readonly { readonly id: string; readonly priority: number }[],
): Promise<void> {
  for (const { id, priority } of moved) await store.objects("work_queue").update(id, { priority });
}
