/** Shows which workers are gone, and which pools, queues and deployments nobody serves any more. */
import type { Worker } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import { deploymentEvent } from "../events/deployment-events.ts";
import { workQueueEvent } from "../events/work-pool-events.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import type { StoredDeployment, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { addSeconds, compareTimestamps } from "../timestamp.ts";
import { findPoolById } from "../work-pools/find.ts";
import { isWorkerGone } from "../work-pools/is-worker-gone.ts";
import { POLL_TIMEOUT_SECONDS } from "../work-pools/poll-timeout.ts";
import { setPoolStatus } from "../work-pools/pools.ts";

const BATCH = 200;

/** What one step came to. */
export interface UnservedReport {
  /** Workers that are OFFLINE now; pools, queues and deployments that are NOT_READY. */
  readonly marked: number;
  /** Whether there may be more of them than one step takes. */
  readonly hasMore: boolean;
}

/** Workers first, since pools go by them. */
export async function markUnserved(context: LocalContext): Promise<UnservedReport> {
  const counts = [
    await markWorkers(context),
    await markPools(context),
    await markQueues(context),
    await markDeployments(context),
  ];
  return {
    marked: counts.reduce((sum, count) => sum + count, 0),
    hasMore: counts.includes(BATCH),
  };
}

async function markWorkers(context: LocalContext): Promise<number> {
  const isGone = (worker: Worker, now: string): boolean =>
    worker.status === "ONLINE" && isWorkerGone(worker, now);
  const online = await context.store
    .objects("worker")
    .list({ where: { type: "equals", member: "status", value: "ONLINE" } });
  const gone = online.filter((worker) => isGone(worker, context.now())).slice(0, BATCH);
  return countDone(gone, ({ id }) =>
    context.transaction(undefined, async (store, moment) => {
      const worker = await store.objects("worker").find(id);
      if (worker === undefined || !isGone(worker, moment.now)) return false;
      return store.objects("worker").update(id, { status: "OFFLINE", updated: moment.now });
    }),
  );
}

async function markPools(context: LocalContext): Promise<number> {
  const isOnline: Condition<Worker> = { type: "equals", member: "status", value: "ONLINE" };
  const unserved: Condition<StoredWorkPool> = {
    type: "all",
    conditions: [
      { type: "equals", member: "status", value: "READY" },
      {
        type: "not",
        condition: {
          type: "related",
          noun: "worker",
          member: "id",
          references: "work_pool_id",
          where: isOnline,
        },
      },
    ],
  };
  const pools = await context.store.objects("work_pool").list({ where: unserved, limit: BATCH });
  return countDone(pools, ({ id }) =>
    context.transaction(undefined, async (store, moment) => {
      // Heartbeats hold the pool too, so that none comes between.
      const pool = await store.objects("work_pool").find(id);
      const ofPool: Condition<Worker> = { type: "equals", member: "work_pool_id", value: id };
      const served = await store.objects("worker").count({ type: "all", conditions: [ofPool, isOnline] });
      if (pool?.status !== "READY" || served > 0) return false;
      await setPoolStatus(store, pool, "NOT_READY", moment);
      return true;
    }),
  );
}

async function markQueues(context: LocalContext): Promise<number> {
  const where: Condition<StoredWorkQueue> = {
    type: "all",
    conditions: [
      { type: "equals", member: "status", value: "READY" },
      { type: "at-most", member: "last_polled", value: pollTimeout(context.now()) },
    ],
  };
  const queues = await context.store.objects("work_queue").list({ where, limit: BATCH });
  return countDone(queues, ({ id }) =>
    context.transaction(undefined, async (store, moment) => {
      const queue = await store.objects("work_queue").find(id);
      if (queue === undefined || queue.status !== "READY" || !isUnpolled(queue, moment.now)) return false;
      await store.objects("work_queue").update(id, { status: "NOT_READY" });
      if (queue.is_paused) return true;
      const pool = await findPoolById(store, queue.work_pool_id);
      moment.emit(workQueueEvent("not-ready", { queue: { ...queue, status: "NOT_READY" }, pool }, moment));
      return true;
    }),
  );
}

/** A deployment whose queue is polled is served, though polls may not have come round to it. */
async function markDeployments(context: LocalContext): Promise<number> {
  const value = pollTimeout(context.now());
  const where: Condition<StoredDeployment> = {
    type: "all",
    conditions: [
      { type: "equals", member: "status", value: "READY" },
      { type: "at-most", member: "last_polled", value },
      {
        type: "not",
        condition: {
          type: "related",
          noun: "work_queue",
          member: "work_queue_id",
          references: "id",
          where: { type: "at-least", member: "last_polled", value },
        },
      },
    ],
  };
  const deployments = await context.store.objects("deployment").list({ where, limit: BATCH });
  return countDone(deployments, ({ id }) =>
    context.transaction(undefined, async (store, moment) => {
      const deployment = await store.objects("deployment").find(id);
      if (deployment === undefined || deployment.status !== "READY") return false;
      if (!isUnpolled(deployment, moment.now)) return false;
      await store.objects("deployment").update(id, { status: "NOT_READY" });
      moment.emit(deploymentEvent("not-ready", { ...deployment, status: "NOT_READY" }, moment));
      return true;
    }),
  );
}

function isUnpolled({ last_polled: polled }: { readonly last_polled: string | null }, now: string): boolean {
  return polled !== null && compareTimestamps(polled, pollTimeout(now)) <= 0;
}

function pollTimeout(now: string): string {
  return addSeconds(now, -POLL_TIMEOUT_SECONDS);
}

/** One after the other, each in a transaction of its own; gives how many were still as they seemed. */
async function countDone<T>(objects: readonly T[], mark: (object: T) => Promise<boolean>): Promise<number> {
  let count = 0;
  for (const object of objects) if (await mark(object)) count += 1;
  return count;
}
