/**
 * Every operation of the server, grouped by noun. Engine, worker, CLI and UI speak only to this interface; the HTTP
 * client and the in-process version implement it and pass one suite (`orchestrationApiSuite`).
 *
 * Ids are UUID text. A missing object is an `ObjectNotFoundError`, a malformed argument an `InvalidRequestError`; a
 * refused transition is a value (`OrchestrationResult`), never an exception. Every call honours `signal`.
 */

import type { ConcurrencyLimitsApi } from "./api/concurrency-limits-api.ts";
import type { DeploymentsApi } from "./api/deployments-api.ts";
import type { EventsApi } from "./api/events-api.ts";
import type { TagLimitsApi } from "./api/tag-limits-api.ts";
import type { WorkPoolsApi } from "./api/work-pools-api.ts";
import type { PoolQueuesApi, WorkQueuesApi } from "./api/work-queues-api.ts";
import type { WorkersApi } from "./api/workers-api.ts";
import type { Flow, FlowCreate } from "./flow.ts";
import type { FlowRun, FlowRunCreate, FlowRunHeartbeat, FlowRunUpdate } from "./flow-run.ts";
import type { Log, LogCreate } from "./log.ts";
import type { OrchestrationResult } from "./orchestration-result.ts";
import type { FlowQuery, FlowRunQuery, LogQuery, TaskRunQuery } from "./queries.ts";
import type { StateCreate, WireState } from "./state.ts";
import type { TaskRun, TaskRunCreate, TaskRunRecord } from "./task-run.ts";

export interface ApiCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Version of the Prefect client that calls, such as `3.4.11`; absent for all others. Old ones are treated differently. */
  readonly clientVersion?: string | undefined;
}

export interface OrchestrationApi {
  /** Where the history is, for people: a file path, a URL, or `memory`. */
  readonly location: string;
  readonly flows: FlowsApi;
  readonly flowRuns: FlowRunsApi;
  readonly taskRuns: TaskRunsApi;
  readonly logs: LogsApi;
  readonly deployments: DeploymentsApi;
  readonly events: EventsApi;
  readonly concurrencyLimits: ConcurrencyLimitsApi;
  readonly tagLimits: TagLimitsApi;
  readonly workPools: WorkPoolsApi;
  readonly poolQueues: PoolQueuesApi;
  readonly workQueues: WorkQueuesApi;
  readonly workers: WorkersApi;
  /** Waits until everything accepted is durable, then frees files, sockets and timers. Closing twice is allowed. */
  close(): Promise<void>;
}

export interface FlowsApi {
  /** The flow of this name; made if it is new, returned unchanged if it exists. */
  create(flow: FlowCreate, options?: ApiCallOptions): Promise<Flow>;
  get(id: string, options?: ApiCallOptions): Promise<Flow>;
  filter(query: FlowQuery, options?: ApiCallOptions): Promise<Flow[]>;
  count(query: FlowQuery, options?: ApiCallOptions): Promise<number>;
}

export interface FlowRunsApi {
  /** A new run, born in `state` (default PENDING) without asking the rules. A known `idempotency_key` gives the run that has it. */
  create(run: FlowRunCreate, options?: ApiCallOptions): Promise<FlowRun>;
  get(id: string, options?: ApiCallOptions): Promise<FlowRun>;
  update(id: string, changes: FlowRunUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the run with its states, task runs and logs. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  /** Proposes a state; the ordered flow policy decides. `force` uses the minimal policy. */
  setState(
    id: string,
    proposal: { readonly state: StateCreate; readonly force?: boolean },
    options?: ApiCallOptions,
  ): Promise<OrchestrationResult>;
  /** Every state the run had, oldest first. */
  states(id: string, options?: ApiCallOptions): Promise<WireState[]>;
  /** Renews the leases of runs that a live process is executing. */
  heartbeat(beat: FlowRunHeartbeat, options?: ApiCallOptions): Promise<void>;
  filter(query: FlowRunQuery, options?: ApiCallOptions): Promise<FlowRun[]>;
  count(query: FlowRunQuery, options?: ApiCallOptions): Promise<number>;
}

export interface TaskRunsApi {
  /** A task run that stands for a sub-flow run; its states are mirrored from it. */
  create(run: TaskRunCreate, options?: ApiCallOptions): Promise<TaskRun>;
  /** Takes what engines decided, many runs at once. Idempotent; late and repeated records are merged. */
  record(records: readonly TaskRunRecord[], options?: ApiCallOptions): Promise<void>;
  get(id: string, options?: ApiCallOptions): Promise<TaskRun>;
  /** Every state the run had, oldest first. */
  states(id: string, options?: ApiCallOptions): Promise<WireState[]>;
  filter(query: TaskRunQuery, options?: ApiCallOptions): Promise<TaskRun[]>;
  count(query: TaskRunQuery, options?: ApiCallOptions): Promise<number>;
}

export interface LogsApi {
  /** Keeps log lines; a line whose id is known already is ignored. */
  create(logs: readonly LogCreate[], options?: ApiCallOptions): Promise<void>;
  filter(query: LogQuery, options?: ApiCallOptions): Promise<Log[]>;
}
