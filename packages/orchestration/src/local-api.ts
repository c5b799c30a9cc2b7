/** The orchestration API in this process: asks the rules and writes to a store. */
import {
  type ArtifactsApi,
  type BlockDocumentsApi,
  type BlockSchemasApi,
  type BlockTypesApi,
  type ConcurrencyLimitsApi,
  type DeploymentsApi,
  type EventsApi,
  type FlowRunsApi,
  type FlowsApi,
  type LogsApi,
  newId,
  type OrchestrationApi,
  type PoolQueuesApi,
  type ResultStorageApi,
  type SavedSearchesApi,
  type TagLimitsApi,
  type TaskRunsApi,
  type UiApi,
  type VariablesApi,
  type WorkersApi,
  type WorkPoolsApi,
  type WorkQueuesApi,
} from "@sluice/protocol";
import { NO_SEALER, type SecretSealer } from "./blocks/secret-sealer.ts";
import type { EventFeed, LogFeed } from "./event-feed.ts";
import { EventRecorder } from "./events/event-recorder.ts";
import { LocalArtifacts } from "./local-api/local-artifacts.ts";
import { LocalBlockDocuments } from "./local-api/local-block-documents.ts";
import { LocalBlockSchemas } from "./local-api/local-block-schemas.ts";
import { LocalBlockTypes } from "./local-api/local-block-types.ts";
import { LocalConcurrencyLimits } from "./local-api/local-concurrency-limits.ts";
import { LocalContext } from "./local-api/local-context.ts";
import { LocalDeployments } from "./local-api/local-deployments.ts";
import { LocalEvents } from "./local-api/local-events.ts";
import { LocalFlowRuns } from "./local-api/local-flow-runs.ts";
import { LocalFlows } from "./local-api/local-flows.ts";
import { LocalLogs } from "./local-api/local-logs.ts";
import { LocalPoolQueues } from "./local-api/local-pool-queues.ts";
import { LocalResultStorage } from "./local-api/local-result-storage.ts";
import { LocalSavedSearches } from "./local-api/local-saved-searches.ts";
import { LocalTagLimits } from "./local-api/local-tag-limits.ts";
import { LocalTaskRuns } from "./local-api/local-task-runs.ts";
import { LocalUi } from "./local-api/local-ui.ts";
import { LocalVariables } from "./local-api/local-variables.ts";
import { LocalWorkPools } from "./local-api/local-work-pools.ts";
import { LocalWorkQueues } from "./local-api/local-work-queues.ts";
import { LocalWorkers } from "./local-api/local-workers.ts";
import { type SweepOptions, sweepLapsedRuns } from "./local-api/sweep-lapsed-runs.ts";
import type { Store } from "./store.ts";

/** What an API in process works with. */
export interface LocalApiOptions {
  /** Where history is kept; closed with the API. */
  readonly store: Store;
  /** Where events go; without one none are kept, since nobody is there to read them. */
  readonly feed?: EventFeed | undefined;
  /** Where log lines go, beside the store. */
  readonly logFeed?: LogFeed | undefined;
  /** Seals what blocks hold; default: it is kept as it is, which only a store in memory may do. */
  readonly sealer?: SecretSealer | undefined;
  /** Tells the time; default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Makes ids; default: UUIDs of version 7. */
  readonly newId?: (() => string) | undefined;
}

/** Every operation of the orchestration API on a store, without a server. */
export class LocalApi implements OrchestrationApi {
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
  /** For services, which work on the same history. */
  readonly context: LocalContext;
  readonly #recorder: EventRecorder;

  constructor(options: LocalApiOptions) {
    const { store } = options;
    const context = new LocalContext({
      store,
      clock: options.clock ?? (() => new Date()),
      newId: options.newId ?? newId,
      feed: options.feed,
      logFeed: options.logFeed,
    });
    this.location = store.location;
    this.flows = new LocalFlows(context);
    this.flowRuns = new LocalFlowRuns(context);
    this.taskRuns = new LocalTaskRuns(context);
    this.logs = new LocalLogs(context);
    this.deployments = new LocalDeployments(context);
    this.#recorder = new EventRecorder(context);
    this.events = new LocalEvents(context, this.#recorder);
    this.concurrencyLimits = new LocalConcurrencyLimits(context);
    this.tagLimits = new LocalTagLimits(context);
    this.workPools = new LocalWorkPools(context);
    this.poolQueues = new LocalPoolQueues(context);
    this.workQueues = new LocalWorkQueues(context);
    this.workers = new LocalWorkers(context);
    this.variables = new LocalVariables(context);
    this.artifacts = new LocalArtifacts(context);
    this.blockTypes = new LocalBlockTypes(context);
    this.blockSchemas = new LocalBlockSchemas(context);
    this.blockDocuments = new LocalBlockDocuments(context, options.sealer ?? NO_SEALER);
    this.resultStorage = new LocalResultStorage(context);
    this.savedSearches = new LocalSavedSearches(context);
    this.ui = new LocalUi(context);
    this.context = context;
  }

  /**
   * Ends the flow runs whose process is gone, with their unfinished task runs: at once where a process of this host is
   * known to be dead, otherwise when the lease has ended. Gives the ids of the flow runs it ended.
   */
  sweepLapsedRuns(options: SweepOptions = {}): Promise<string[]> {
    return sweepLapsedRuns(this.context, options);
  }

  /** How many events wait for those that are being written. */
  get waitingEvents(): number {
    return this.#recorder.size;
  }

  /** What was taken is kept before the store is closed. */
  async close(): Promise<void> {
    await this.#recorder.idle();
    await this.context.store.close();
  }
}
