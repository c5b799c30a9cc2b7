/** Deployments as they are given out: with their schedules, their limit, and the names of their queue and pool. */
import { type Deployment, type DeploymentSchedule, ObjectNotFoundError } from "@sluice/protocol";
import type { MemberOf } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type {
  ObjectNoun,
  StoredDeployment,
  StoredDeploymentSchedule,
  StoredNouns,
} from "../../stored-nouns.ts";

/** @throws {ObjectNotFoundError} when there is none of the id. */
export async function findDeployment(store: Store, id: string): Promise<StoredDeployment> {
  const deployment = await store.objects("deployment").find(id);
  if (deployment === undefined) throw new ObjectNotFoundError("deployment", id);
  return deployment;
}

/**
 * As `findDeployment`, but in a transaction nobody is kept from changing it meanwhile.
 * @throws {ObjectNotFoundError} when there is none of the id.
 */
export async function peekDeployment(store: Store, id: string): Promise<StoredDeployment> {
  const where = { type: "equals", member: "id", value: id } as const;
  const [deployment] = await store.objects("deployment").list({ where, limit: 1 });
  if (deployment === undefined) throw new ObjectNotFoundError("deployment", id);
  return deployment;
}

/** As many queries for a page as for one. */
export async function readDeployments(
  store: Store,
  deployments: readonly StoredDeployment[],
): Promise<Deployment[]> {
  const ids = deployments.map(({ id }) => id);
  const schedules = await listSchedules(store, ids);
  const limits = await byId(store, "concurrency_limit", present(deployments, "concurrency_limit_id"));
  const queues = await byId(store, "work_queue", present(deployments, "work_queue_id"));
  const pools = await byId(
    store,
    "work_pool",
    [...queues.values()].map((queue) => queue.work_pool_id),
  );
  return deployments.map(({ concurrency_limit_id: limitId, ...deployment }) => {
    const limit = limits.get(limitId ?? "");
    const queue = queues.get(deployment.work_queue_id ?? "");
    return {
      ...deployment,
      schedules: schedules.filter(({ deployment_id: id }) => id === deployment.id).map(toSchedule),
      concurrency_limit: limit?.limit ?? null,
      global_concurrency_limit: limit ?? null,
      work_queue_name: queue?.name ?? null,
      work_pool_name: pools.get(queue?.work_pool_id ?? "")?.name ?? null,
    };
  });
}

/** The schedules of deployments, last changed first. */
export function listSchedules(
  store: Store,
  deploymentIds: readonly string[],
): Promise<StoredDeploymentSchedule[]> {
  return store.objects("deployment_schedule").list({
    where: { type: "one-of", member: "deployment_id", values: deploymentIds },
    orderBy: [
      { member: "updated", direction: "desc" },
      { member: "id", direction: "desc" },
    ],
  });
}

/** A schedule without what only the scheduler needs. */
export function toSchedule(stored: StoredDeploymentSchedule): DeploymentSchedule {
  const { scheduled_until: _until, next_scheduling_time: _next, ...schedule } = stored;
  return schedule;
}

function present(
  deployments: readonly StoredDeployment[],
  member: "concurrency_limit_id" | "work_queue_id",
): string[] {
  return deployments.map((deployment) => deployment[member]).filter((id) => id !== null);
}

async function byId<N extends ObjectNoun>(
  store: Store,
  noun: N,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredNouns[N]>> {
  if (ids.length === 0) return new Map();
  const where = {
    type: "one-of",
    member: "id" as MemberOf<StoredNouns[N]>,
    values: [...new Set(ids)],
  } as const;
  const objects = await store.objects(noun).list({ where });
  return new Map(objects.map((object) => [object.id, object]));
}
