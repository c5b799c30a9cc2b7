/** Reads what is to be known about a run to say why it is not running. */
import type { ConcurrencyLimit } from "@sluice/protocol";
import { hasEnded, leasesOf } from "../concurrency/leases.ts";
import { freeSlots } from "../concurrency/slots.ts";
import type { Condition } from "../conditions.ts";
import { findFlowRun } from "../local-api/flow-runs/find-flow-run.ts";
import type { Store } from "../store.ts";
import type { StoredDeployment, StoredFlowRun } from "../stored-nouns.ts";
import { inPool, inQueue } from "../work-pools/active-slots.ts";
import {
  type DeploymentFacts,
  type PlaceFacts,
  type RunFacts,
  type SlotFacts,
  slotsOf,
} from "./run-facts.ts";

const MAX_HOLDERS = 10;
const MAX_WORKERS = 20;

/** @throws {ObjectNotFoundError} when there is no such run. */
export async function gatherFacts(store: Store, id: string, now: string): Promise<RunFacts> {
  const run = await findFlowRun(store, id);
  return {
    now,
    run,
    deployment: await deploymentFacts(store, run.deployment_id, now),
    place: await placeFacts(store, run.work_queue_id),
    parent: await parentOf(store, run),
  };
}

async function deploymentFacts(
  store: Store,
  id: string | null,
  now: string,
): Promise<DeploymentFacts | undefined> {
  const deployment = id === null ? undefined : await store.objects("deployment").find(id);
  if (deployment === undefined) return undefined;
  const flow = await store.flows.find(deployment.flow_id);
  return {
    deployment,
    flowName: flow?.name ?? deployment.flow_id,
    slots: await limitFacts(store, deployment, now),
  };
}

async function limitFacts(
  store: Store,
  { concurrency_limit_id: id }: StoredDeployment,
  now: string,
): Promise<SlotFacts | undefined> {
  const limit = id === null ? undefined : await store.objects("concurrency_limit").find(id);
  if (!limit?.active) return undefined;
  return slotsOf(limit, await limitHolders(store, limit, now), freeSlots(limit, now));
}

/** Flow runs that hold slots; others may too, such as tasks. */
async function limitHolders(store: Store, { id }: ConcurrencyLimit, now: string): Promise<StoredFlowRun[]> {
  const holders = (await leasesOf(store, [id]))
    .filter((lease) => !hasEnded(lease, now))
    .flatMap(({ holder }) => (holder?.type === "flow_run" ? [holder.id] : []));
  if (holders.length === 0) return [];
  return store.flowRuns.list({
    where: { type: "one-of", member: "id", values: holders.slice(0, MAX_HOLDERS) },
    limit: MAX_HOLDERS,
  });
}

async function placeFacts(store: Store, queueId: string | null): Promise<PlaceFacts | undefined> {
  const queue = queueId === null ? undefined : await store.objects("work_queue").find(queueId);
  const pool = queue === undefined ? undefined : await store.objects("work_pool").find(queue.work_pool_id);
  if (queue === undefined || pool === undefined) return undefined;
  return {
    pool,
    queue,
    workers: await store.objects("worker").list({
      where: { type: "equals", member: "work_pool_id", value: pool.id },
      orderBy: [{ member: "last_heartbeat_time", direction: "desc" }],
      limit: MAX_WORKERS,
    }),
    poolSlots: await occupied(store, { name: pool.name, limit: pool.concurrency_limit }, inPool(pool.id)),
    queueSlots: await occupied(
      store,
      { name: queue.name, limit: queue.concurrency_limit },
      inQueue(queue.id),
    ),
  };
}

async function occupied(
  store: Store,
  { name, limit }: { readonly name: string; readonly limit: number | null },
  where: Condition<StoredFlowRun>,
): Promise<SlotFacts | undefined> {
  if (limit === null) return undefined;
  const taken = await store.flowRuns.count(where);
  const holders = await store.flowRuns.list({ where, limit: MAX_HOLDERS });
  return slotsOf({ name, limit }, holders, limit - taken);
}

async function parentOf(store: Store, run: StoredFlowRun): Promise<StoredFlowRun | undefined> {
  const task =
    run.parent_task_run_id === null ? undefined : await store.taskRuns.find(run.parent_task_run_id);
  return task?.flow_run_id == null ? undefined : store.flowRuns.find(task.flow_run_id);
}
