/**
 * The language Sluice's parts speak. This entry carries types, the error table and the state constants, and loads
 * nothing at run time but them; the zod schemas behind the types are in `@sluice/protocol/schemas`.
 */

export type { ArtifactsApi } from "./api/artifacts-api.ts";
export type { BlockDocumentsApi, BlockSchemasApi, BlockTypesApi } from "./api/blocks-api.ts";
export type { ConcurrencyLimitsApi } from "./api/concurrency-limits-api.ts";
export type { DeploymentsApi } from "./api/deployments-api.ts";
export type { EventsApi } from "./api/events-api.ts";
export type { FlowRunsApi, Labels } from "./api/flow-runs-api.ts";
export type { FlowsApi } from "./api/flows-api.ts";
export type { ResultStorageApi } from "./api/result-storage-api.ts";
export type { SavedSearchesApi } from "./api/saved-searches-api.ts";
export type { TagLimitsApi } from "./api/tag-limits-api.ts";
export type { TaskRunsApi } from "./api/task-runs-api.ts";
export type { UiApi } from "./api/ui-api.ts";
export type { VariablesApi } from "./api/variables-api.ts";
export type { WorkPoolsApi } from "./api/work-pools-api.ts";
export type { PoolQueuesApi, WorkQueuesApi } from "./api/work-queues-api.ts";
export type { WorkersApi } from "./api/workers-api.ts";
export type {
  Artifact,
  ArtifactCreate,
  ArtifactFilter,
  ArtifactQuery,
  ArtifactUpdate,
  LatestArtifact,
  LatestArtifactFilter,
  LatestArtifactQuery,
} from "./artifact.ts";
export { blockSchemaChecksum, definitionsIn, reachableDefinitions } from "./block-checksum.ts";
export type {
  BlockDocument,
  BlockDocumentCountQuery,
  BlockDocumentCreate,
  BlockDocumentQuery,
  BlockDocumentUpdate,
  NestedBlockDocument,
  SecretsWanted,
} from "./block-document.ts";
export type { BlockDocumentFilter, BlockSchemaFilter, BlockTypeFilter } from "./block-filters.ts";
export type {
  BlockSchema,
  BlockSchemaCreate,
  BlockSchemaQuery,
  BlockSchemaVersion,
} from "./block-schema.ts";
export { DEFAULT_BLOCK_SCHEMA_VERSION } from "./block-schema-version.ts";
export type { BlockType, BlockTypeCreate, BlockTypeQuery, BlockTypeUpdate } from "./block-type.ts";
export type {
  ConcurrencyHolder,
  ConcurrencyLease,
  ConcurrencyLimit,
  ConcurrencyLimitCreate,
  ConcurrencyLimitUpdate,
  GlobalConcurrencyLimit,
  LeasedSlotRequest,
  LeasedSlots,
  LeaseRenewal,
  LeaseReturn,
  LimitReference,
  SlotRequest,
  SlotReturn,
} from "./concurrency-limit.ts";
export type { Deployment, DeploymentSchedule } from "./deployment.ts";
export type {
  BulkFlowRunResult,
  DeploymentCreate,
  DeploymentFlowRunCreate,
  DeploymentScheduleCreate,
  DeploymentScheduleUpdate,
  DeploymentUpdate,
  ScheduledRunsRequest,
  ScheduleRequest,
} from "./deployment-actions.ts";
export type {
  DeploymentPage,
  DeploymentPageQuery,
  DeploymentsDelete,
} from "./deployment-queries.ts";
export {
  ConflictError,
  EncryptionKeyError,
  ERROR_CODES,
  type ErrorCode,
  ForbiddenError,
  HistoryUnavailableError,
  InvalidRequestError,
  isSluiceError,
  LeaseEndedError,
  ObjectNotFoundError,
  SlotsTakenError,
  SluiceError,
  type SluiceErrorOptions,
  UnsuitableRequestError,
} from "./errors.ts";
export type { Event, EventCreate } from "./event.ts";
export { EVENT_COUNTABLES, type EventCountable } from "./event-countable.ts";
export type { AnyResourceFilter, EventFilter, RelatedFilter } from "./event-filter.ts";
export type { EventCount, EventCountQuery, EventPage, EventQuery } from "./event-queries.ts";
export type { ExplanationReason, FlowRunExplanation } from "./explanation.ts";
export type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  LogFilter,
  TaskRunFilter,
  WorkerFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from "./filters.ts";
export type { Flow, FlowCreate, FlowUpdate } from "./flow.ts";
export type {
  EmpiricalPolicy,
  FlowRun,
  FlowRunCreate,
  FlowRunHeartbeat,
  FlowRunUpdate,
  RunOwner,
} from "./flow-run.ts";
export type {
  FlowRunsDelete,
  FlowRunsSetState,
  FlowRunsStateResult,
  Resumption,
} from "./flow-run-actions.ts";
export type { FlowRunInput, FlowRunInputCreate, FlowRunInputQuery } from "./flow-run-input.ts";
export type { Log, LogCreate } from "./log.ts";
export { LOG_LEVELS, type LogLevelName } from "./log-level.ts";
export type { ApiCallOptions, LogsApi, OrchestrationApi } from "./orchestration-api.ts";
export type { OrchestrationResult, OrchestrationStatus } from "./orchestration-result.ts";
export { pageTokenOf } from "./page-token.ts";
export type {
  DeploymentQuery,
  FlowQuery,
  FlowRunQuery,
  LogQuery,
  PageQuery,
  TaskRunQuery,
} from "./queries.ts";
export { readEvent } from "./read-event.ts";
export type { ResultReference } from "./result-reference.ts";
export type { ResultStorage, ResultStorageUpdate } from "./result-storage.ts";
export {
  ADDITIONS_HEADER,
  type ApiNoun,
  type ApiNouns,
  EVENTS_ROUTE,
  type HttpMethod,
  type ParsedRoute,
  parseRoute,
  ROUTES,
  type Route,
} from "./routes.ts";
export type { GraphArtifact, GraphNode, RunDependency, RunGraph } from "./run-graph.ts";
export type { RunHistoryQuery, RunHistorySpan } from "./run-history.ts";
export type {
  FlowPage,
  FlowPageQuery,
  FlowRunPage,
  FlowRunPageQuery,
  FlowsDelete,
  TaskRunPage,
  TaskRunPageQuery,
} from "./run-pages.ts";
export type { SavedSearch, SavedSearchCreate } from "./saved-search.ts";
export type {
  CronSchedule,
  IntervalSchedule,
  RRuleSchedule,
  Schedule,
  ScheduleCreate,
} from "./schedule.ts";
export { SECRET_MASK } from "./secret-mask.ts";
export type { StateCreate, StateDetails, WireState } from "./state.ts";
export { isTerminalStateType, STATE_TYPES, type StateType, TERMINAL_STATE_TYPES } from "./state-type.ts";
export type { TagLimit, TagLimitCreate, TagLimitReset, TagSlotRequest } from "./tag-limit.ts";
export type { TaskInput, TaskRun, TaskRunCreate, TaskRunRecord, TaskRunUpdate } from "./task-run.ts";
export type {
  EndedTaskRuns,
  FlowIds,
  FlowRunIds,
  NextFlowRun,
  SchemaCheck,
  SchemaVerdict,
  TaskRunCountsQuery,
  TaskRunStateCounts,
  UiFlowRun,
  UiFlowRunQuery,
  UiTaskRun,
} from "./ui.ts";
export { isUuid, newId, randomId } from "./uuid.ts";
export type {
  Variable,
  VariableCreate,
  VariableFilter,
  VariableQuery,
  VariableUpdate,
} from "./variable.ts";
export type {
  SlotHolder,
  Worker,
  WorkerFlowRun,
  WorkerHeartbeat,
  WorkPool,
  WorkPoolConcurrency,
  WorkPoolConcurrencyQuery,
  WorkPoolCreate,
  WorkPoolPoll,
  WorkPoolUpdate,
  WorkQueue,
  WorkQueueConcurrency,
  WorkQueueConcurrencyQuery,
  WorkQueueCreate,
  WorkQueuePoll,
  WorkQueueStatus,
  WorkQueueUpdate,
} from "./work-pool.ts";
export type { WorkerQuery, WorkPoolQuery, WorkQueueQuery } from "./work-pool-queries.ts";
