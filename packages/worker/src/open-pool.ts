/** The work pool that a worker serves. */
import type { Logger } from "@sluice/core";
import { InvalidRequestError, isSluiceError, type OrchestrationApi, type WorkPool } from "@sluice/protocol";
import type { Infrastructure } from "./infrastructure.ts";

/**
 * The pool of this name; it is made when there is none.
 * @throws {InvalidRequestError} when it is a pool of another type of infrastructure.
 */
export async function openPool(
  name: string,
  {
    api,
    infrastructure,
    logger,
  }: {
    readonly api: OrchestrationApi;
    readonly infrastructure: Infrastructure;
    readonly logger: Logger;
  },
): Promise<WorkPool> {
  const { type, baseJobTemplate } = infrastructure;
  const pool = await findPool(name, api);
  if (pool === undefined) {
    logger.warn("There is no such work pool: it is made", { pool: name, type });
    return createPool({ name, type, base_job_template: { ...baseJobTemplate } }, api);
  }
  if (pool.type === type) return pool;
  throw new InvalidRequestError(
    `The work pool "${name}" is of type ${pool.type}, and this worker starts runs as ${type}. Use a worker of that type, or another pool.`,
  );
}

async function findPool(name: string, api: OrchestrationApi): Promise<WorkPool | undefined> {
  try {
    return await api.workPools.get(name);
  } catch (error) {
    if (isSluiceError(error, "OBJECT_NOT_FOUND")) return undefined;
    throw error;
  }
}

async function createPool(
  pool: Parameters<OrchestrationApi["workPools"]["create"]>[0],
  api: OrchestrationApi,
): Promise<WorkPool> {
  try {
    return await api.workPools.create(pool);
  } catch (error) {
    // Another worker was faster.
    if (isSluiceError(error, "CONFLICT")) return api.workPools.get(pool.name);
    throw error;
  }
}
