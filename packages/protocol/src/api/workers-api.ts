/** The workers of a work pool, which are known by their heartbeats. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { Worker, WorkerHeartbeat } from "../work-pool.ts";
import type { WorkerQuery } from "../work-pool-queries.ts";

export interface WorkersApi {
  /** Makes the worker ONLINE and its pool READY. */
  heartbeat(poolName: string, beat: WorkerHeartbeat, options?: ApiCallOptions): Promise<void>;
  /** Last heard of first. */
  filter(poolName: string, query: WorkerQuery, options?: ApiCallOptions): Promise<Worker[]>;
  delete(poolName: string, name: string, options?: ApiCallOptions): Promise<void>;
}
