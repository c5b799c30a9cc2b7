/** The queues of work pools, by name within their pool or by id. */
import type { FlowRun } from "../flow-run.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type {
  WorkQueue,
  WorkQueueConcurrency,
  WorkQueueConcurrencyQuery,
  WorkQueueCreate,
  WorkQueuePoll,
  WorkQueueStatus,
  WorkQueueUpdate,
} from "../work-pool.ts";
import type { WorkQueueQuery } from "../work-pool-queries.ts";

export interface PoolQueuesApi {
  /** @throws {ConflictError} when another queue of the pool has the name. */
  create(poolName: string, queue: WorkQueueCreate, options?: ApiCallOptions): Promise<WorkQueue>;
  get(poolName: string, name: string, options?: ApiCallOptions): Promise<WorkQueue>;
  update(poolName: string, name: string, changes: WorkQueueUpdate, options?: ApiCallOptions): Promise<void>;
  /**
   * Deletes the queue; its runs and deployments are in no queue then.
   * @throws {ConflictError} when it is the default queue of the pool.
   */
  delete(poolName: string, name: string, options?: ApiCallOptions): Promise<void>;
  /** By priority. */
  filter(poolName: string, query: WorkQueueQuery, options?: ApiCallOptions): Promise<WorkQueue[]>;
}

export interface WorkQueuesApi {
  /** A queue of the pool `default-agent-pool`, which is made if need be. */
  create(queue: WorkQueueCreate, options?: ApiCallOptions): Promise<WorkQueue>;
  get(id: string, options?: ApiCallOptions): Promise<WorkQueue>;
  /** The queue of the pool `default-agent-pool` that has this name. */
  getByName(name: string, options?: ApiCallOptions): Promise<WorkQueue>;
  update(id: string, changes: WorkQueueUpdate, options?: ApiCallOptions): Promise<void>;
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  /** Of all pools, by name. */
  filter(query: WorkQueueQuery, options?: ApiCallOptions): Promise<WorkQueue[]>;
  /** As `WorkPoolsApi.getScheduledFlowRuns`, of one queue. */
  getRuns(id: string, poll: WorkQueuePoll, options?: ApiCallOptions): Promise<FlowRun[]>;
  status(id: string, options?: ApiCallOptions): Promise<WorkQueueStatus>;
  concurrencyStatus(
    id: string,
    query: WorkQueueConcurrencyQuery,
    options?: ApiCallOptions,
  ): Promise<WorkQueueConcurrency>;
}
