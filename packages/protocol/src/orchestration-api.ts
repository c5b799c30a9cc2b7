/**
 * Every operation of the server, grouped by noun. Engine, worker, CLI and UI speak only to this interface; the HTTP
 * client and the in-process version implement it and pass one suite (`orchestrationApiSuite`).
 *
 * Ids are UUID text. A missing object is an `ObjectNotFoundError`, a malformed argument an `InvalidRequestError`; a
 * refused transition is a value (`OrchestrationResult`), never an exception. Every call honours `signal`.
 */

import type { ArtifactsApi } from "./api/artifacts-api.ts";
import type { BlockDocumentsApi, BlockSchemasApi, BlockTypesApi } from "./api/blocks-api.ts";
import type { ConcurrencyLimitsApi } from "./api/concurrency-limits-api.ts";
import type { DeploymentsApi } from "./api/deployments-api.ts";
import type { EventsApi } from "./api/events-api.ts";
import type { FlowRunsApi } from "./api/flow-runs-api.ts";
import type { FlowsApi } from "./api/flows-api.ts";
import type { ResultStorageApi } from "./api/result-storage-api.ts";
import type { SavedSearchesApi } from "./api/saved-searches-api.ts";
import type { TagLimitsApi } from "./api/tag-limits-api.ts";
import type { TaskRunsApi } from "./api/task-runs-api.ts";
import type { UiApi } from "./api/ui-api.ts";
import type { VariablesApi } from "./api/variables-api.ts";
import type { WorkPoolsApi } from "./api/work-pools-api.ts";
import type { PoolQueuesApi, WorkQueuesApi } from "./api/work-queues-api.ts";
import type { WorkersApi } from "./api/workers-api.ts";
import type { Log, LogCreate } from "./log.ts";
import type { LogQuery } from "./queries.ts";

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
  readonly variables: VariablesApi;
  readonly artifacts: ArtifactsApi;
  readonly blockTypes: BlockTypesApi;
  readonly blockSchemas: BlockSchemasApi;
  readonly blockDocuments: BlockDocumentsApi;
  readonly resultStorage: ResultStorageApi;
  readonly savedSearches: SavedSearchesApi;
  readonly ui: UiApi;
  /** Waits until everything accepted is durable, then frees files, sockets and timers. Closing twice is allowed. */
  close(): Promise<void>;
}

export interface LogsApi {
  /** Keeps log lines; a line whose id is known already is ignored. */
  create(logs: readonly LogCreate[], options?: ApiCallOptions): Promise<void>;
  filter(query: LogQuery, options?: ApiCallOptions): Promise<Log[]>;
}
