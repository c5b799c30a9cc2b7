/** Finds the work pool or queue that the command line means. */
import type { OrchestrationApi, WorkPool, WorkQueue } from "@sluice/protocol";
import { getNamed } from "../history/only-one.ts";

/** @throws {NameNotFoundError} when there is none; it suggests a similar name. */
export function findPool(api: OrchestrationApi, name: string): Promise<WorkPool> {
  return getNamed(
    {
      noun: "work pool",
      name,
      similar: async () => (await api.workPools.filter({})).map((pool) => pool.name),
      list: "sluice work-pool ls",
    },
    () => api.workPools.get(name),
  );
}

/** @throws {NameNotFoundError} when there is no such pool, or it has no such queue; it suggests a similar name. */
export async function findQueue(api: OrchestrationApi, poolName: string, name: string): Promise<WorkQueue> {
  await findPool(api, poolName);
  return getNamed(
    {
      noun: "work queue",
      name: `${poolName}/${name}`,
      similar: async () =>
        (await api.poolQueues.filter(poolName, {})).map((queue) => `${poolName}/${queue.name}`),
      list: `sluice work-queue ls --pool ${poolName}`,
    },
    () => api.poolQueues.get(poolName, name),
  );
}
