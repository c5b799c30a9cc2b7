/** Work pools: where runs of deployments wait for the workers that poll them. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type {
  WorkerFlowRun,
  WorkPool,
  WorkPoolConcurrency,
  WorkPoolConcurrencyQuery,
  WorkPoolCreate,
  WorkPoolPoll,
  WorkPoolUpdate,
} from "../work-pool.ts";
import type { WorkPoolQuery } from "../work-pool-queries.ts";

/** Names that begin with `prefect`, in any case, are reserved. */
export interface WorkPoolsApi {
  /**
   * A new pool with its queue `default`.
   * @throws {ConflictError} when another has the name.
   * @throws {ForbiddenError} when the name is reserved.
   */
  create(pool: WorkPoolCreate, options?: ApiCallOptions): Promise<WorkPool>;
  get(name: string, options?: ApiCallOptions): Promise<WorkPool>;
  update(name: string, changes: WorkPoolUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the pool with its queues and workers; runs and deployments are in no queue then. */
  delete(name: string, options?: ApiCallOptions): Promise<void>;
  /** By name. */
  filter(query: WorkPoolQuery, options?: ApiCallOptions): Promise<WorkPool[]>;
  count(query: WorkPoolQuery, options?: ApiCallOptions): Promise<number>;
  concurrencyStatus(
    name: string,
    query: WorkPoolConcurrencyQuery,
    options?: ApiCallOptions,
  ): Promise<WorkPoolConcurrency>;
  /**
   * Scheduled runs that may be started, as far as the limits of queues and pool allow: those of the first queue first,
   * then by time. Asking makes its queues and their deployments READY.
   */
  getScheduledFlowRuns(name: string, poll: WorkPoolPoll, options?: ApiCallOptions): Promise<WorkerFlowRun[]>;
}
