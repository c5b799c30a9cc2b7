/** Sluice: workflow orchestration for TypeScript. Flows, tasks, and what they are made of. */
export { closeEngines } from "./api/connect.ts";
export { thisOwner } from "./api/heartbeat.ts";
export { openHistory } from "./api/open-history.ts";
export { type ApiRequest, remoteApi } from "./api/remote-api.ts";
export { type RawApiAnswer, type RawApiRequest, requestApi } from "./api/request-api.ts";
export {
  type CacheKeyContext,
  CachePolicy,
  CachePolicyConflictError,
  type CachePolicySettings,
  cachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  RUN_ID,
  TASK_SOURCE,
} from "./caching/cache-policy.ts";
export { stableHash } from "./caching/stable-hash.ts";
export { UnhashableValueError } from "./caching/unhashable-value-error.ts";
export { deploy } from "./deployments/deploy.ts";
export type {
  DeploymentConcurrency,
  DeploymentOptions,
  DeploymentStep,
  FlowDeployment,
  GivenParameters,
} from "./deployments/deployment-options.ts";
export { type ExecuteFlowRunOptions, executeFlowRun } from "./deployments/execute-flow-run.ts";
export {
  type DeploymentRun,
  type RunDeploymentOptions,
  type RunParameters,
  runDeployment,
} from "./deployments/run-deployment.ts";
export {
  type CronOptions,
  cron,
  type IntervalOptions,
  interval,
  rrule,
  type Schedule,
  type ScheduleOptions,
} from "./deployments/schedule.ts";
export { type DeployedFlow, RUN_COMMAND } from "./deployments/send-deployment.ts";
export { type DeleteBatchesOptions, deleteInBatches } from "./filesystems/batch-deleting.ts";
export { type ByteRange, checkRange } from "./filesystems/byte-range.ts";
export {
  type ContentParts,
  type ContentPartsOptions,
  withContentParts,
} from "./filesystems/content-parts.ts";
export {
  copyDirectory,
  type DirectoryAddress,
  getDirectory,
  listDirectory,
  putDirectory,
  type TransferOptions,
} from "./filesystems/directory-transfer.ts";
export { bytesOfLength, contentBytes, contentChunks } from "./filesystems/file-content.ts";
export {
  copyFile,
  deleteFiles,
  type FileAddress,
  fileExists,
  listFiles,
  moveFile,
  readText,
  signedUrl,
} from "./filesystems/file-operations.ts";
export type {
  CallOptions,
  FileContent,
  FileEntry,
  FileList,
  FileStat,
  FileSystem,
  FileSystemCapabilities,
  ListOptions,
  ReadStreamOptions,
  SignedUrlOptions,
  WriteOptions,
} from "./filesystems/file-system.ts";
export {
  FileAccessDeniedError,
  FileExistsError,
  FileNotFoundError,
  FileSystemError,
  FileThrottledError,
  PathOutsideRootError,
  UnsupportedOperationError,
} from "./filesystems/file-system-errors.ts";
export { forEachConcurrently } from "./filesystems/for-each-concurrently.ts";
export type { IgnoreRules } from "./filesystems/ignore-rules.ts";
export { type ListQuery, listQuery } from "./filesystems/list-query.ts";
export { LocalFileSystem } from "./filesystems/local-file-system.ts";
export { MemoryFileSystem } from "./filesystems/memory-file-system.ts";
export { ObjectPaths } from "./filesystems/object-paths.ts";
export {
  type ObjectToStream,
  objectStream,
  type ReceivedRange,
  type ReceiveRange,
} from "./filesystems/range-reading.ts";
export { normalizePath, normalizePrefix } from "./filesystems/storage-path.ts";
export { TimeLimitError, withTimeLimit } from "./filesystems/time-limit.ts";
export { unlessAborted } from "./filesystems/unless-aborted.ts";
export { EntrypointError, type LoadedFlow, loadFlow } from "./flows/entrypoint.ts";
export { type Flow, type FlowArguments, type FlowResult, flow, isFlow } from "./flows/flow.ts";
export type { FlowHook, FlowInfo, FlowOptions } from "./flows/flow-options.ts";
export { InvalidParametersError, type JsonSchema, ParameterSchemaError } from "./flows/flow-parameters.ts";
export { FlowRunShare, type FlowRunShareOptions } from "./flows/flow-run-share.ts";
export { type NotifyOnOptions, notifyOn, type RunHook } from "./flows/notify-on.ts";
export { type HeldResource, type Resource, type ResourceOptions, resource } from "./flows/resource.ts";
export { type FlowCall, type RunProgress, runFlow } from "./flows/run-flow-call.ts";
export { allowFailure, flatten, quote, unmapped } from "./futures/annotations.ts";
export { type FutureResultOptions, TaskFuture, type WaitOptions } from "./futures/task-future.ts";
export { TaskFutureList } from "./futures/task-future-list.ts";
export type { Input, MapArguments, TaskArguments } from "./futures/task-input.ts";
export { FileSystemLockManager } from "./locking/file-system-lock-manager.ts";
export type { IsolationLevel } from "./locking/isolation-level.ts";
export type { Lock, LockManager } from "./locking/lock-manager.ts";
export { LockTimeoutError } from "./locking/lock-timeout-error.ts";
export { MemoryLockManager } from "./locking/memory-lock-manager.ts";
export type { LogRecord, LogSink } from "./logging/log-record.ts";
export type { LogFields, Logger } from "./logging/logger.ts";
export { type PrettyFormatOptions, prettyFormat } from "./logging/pretty-format.ts";
export { redactSecrets, registerSecret } from "./logging/redactor.ts";
export { Secret } from "./logging/secret.ts";
export { hasColors, type MaybeTerminal, paint, type TerminalColor } from "./logging/terminal-colors.ts";
export { terminalLogger } from "./logging/terminal-logger.ts";
export { MappingLengthMismatchError, MappingMissingIterableError } from "./mapping/mapping-errors.ts";
export {
  type Deliverer,
  type DeliveryOutcome,
  type DeliveryRefusal,
  deliver,
  undelivered,
} from "./notifiers/deliver.ts";
export {
  deliverOverHttp,
  type HttpDelivery,
  type HttpDeliveryAnswer,
} from "./notifiers/deliver-over-http.ts";
export { MemoryNotifier } from "./notifiers/memory-notifier.ts";
export { notificationText, shortenText } from "./notifiers/notification-text.ts";
export {
  type Notification,
  NotificationError,
  type Notifier,
  type NotifyOptions,
} from "./notifiers/notifier.ts";
export { TerminalNotifier } from "./notifiers/terminal-notifier.ts";
export { hearErrors } from "./outbound/hear-errors.ts";
export { isUnsent } from "./outbound/is-unsent.ts";
export { NETWORK_CODES } from "./outbound/network-codes.ts";
export { retryAfterMs } from "./outbound/retry-after.ts";
export { retryDelayMs } from "./outbound/retry-delay.ts";
export { findProcess, isRunning as isProcessRunning, type KnownProcess } from "./processes/descendants.ts";
export { OutputLines } from "./processes/output-lines.ts";
export { endProcessTree, hasOwnGroup, killProcessTree } from "./processes/process-tree.ts";
export { CorruptResultError } from "./results/corrupt-result-error.ts";
export { MissingResultError } from "./results/missing-result-error.ts";
export { type ResultRecord, ResultStore, type ResultStoreOptions } from "./results/result-store.ts";
export type { Interruption } from "./runtime/interruption.ts";
export {
  type FlowRunContext,
  findRunContext,
  MissingContextError,
  type RunContext,
  runContext,
  runtime,
  type TaskRunContext,
} from "./runtime/run-context.ts";
export { runLogger } from "./runtime/run-logger.ts";
export { tags } from "./runtime/run-scope.ts";
export { type SleepOptions, sleep } from "./runtime/sleep.ts";
export { compressedSerializer } from "./serializers/compressed-serializer.ts";
export { jsonSerializer } from "./serializers/json-serializer.ts";
export { resolveSerializer, type SerializerName } from "./serializers/resolve-serializer.ts";
export { registerSerializable } from "./serializers/serializable-class.ts";
export { SerializationError } from "./serializers/serialization-error.ts";
export type { Serializer } from "./serializers/serializer.ts";
export { v8Serializer } from "./serializers/v8-serializer.ts";
export {
  type ChosenProfile,
  chosenProfile,
  getActiveProfile,
  type LoadSettingsOptions,
  type ResolvedSetting,
} from "./settings/active-profile.ts";
export { closestName } from "./settings/closest-name.ts";
export { currentSettings, resetSettings, temporarySettings } from "./settings/current-settings.ts";
export { encryptionOf } from "./settings/encryption-settings.ts";
export { loadSettings, settingValue } from "./settings/load-settings.ts";
export { type Profile, Profiles, type ProfilesOptions } from "./settings/profiles.ts";
export type {
  PlainSetting,
  SettingOverrides,
  SettingSource,
  Settings,
  SettingValue,
} from "./settings/settings.ts";
export {
  isSettingKey,
  SETTING_KEYS,
  type SettingDefinition,
  type SettingKey,
  settingDefinition,
  settingVariable,
} from "./settings/settings-schema.ts";
export {
  AbortedRunError,
  CancelledRunError,
  CrashedRunError,
  FailedRunError,
  PausedRunError,
  TimedOutError,
  UnfinishedRunError,
  UpstreamTaskError,
  WaitTimeoutError,
} from "./states/run-errors.ts";
export { State } from "./states/state.ts";
export {
  AwaitingRetry,
  Cancelled,
  Cancelling,
  Completed,
  Crashed,
  Failed,
  Paused,
  Pending,
  Running,
  Scheduled,
  type ScheduledOptions,
  type StateOptions,
} from "./states/state-factories.ts";
export { runTaskCall } from "./task-calls/run-task-call.ts";
export type {
  CalledTaskRun,
  CallingFlowRun,
  TaskCall,
  TaskOutcome,
  TaskReference,
  TaskReport,
  UnseenFailure,
} from "./task-calls/task-call.ts";
export { TaskReferenceError } from "./task-calls/task-reference-error.ts";
export {
  ConcurrentTaskRunner,
  type ConcurrentTaskRunnerOptions,
  SequentialTaskRunner,
} from "./task-runners/concurrent-task-runner.ts";
export {
  ProcessPoolTaskRunner,
  type ProcessPoolTaskRunnerOptions,
} from "./task-runners/process-pool-task-runner.ts";
export type {
  TaskReports,
  TaskRunner,
  TaskRunnerCapabilities,
  TaskRunnerContext,
  TaskRunnerSession,
  TaskSubmission,
} from "./task-runners/task-runner.ts";
export { TaskWorkerLostError } from "./task-runners/task-worker-lost-error.ts";
export {
  ThreadPoolTaskRunner,
  type ThreadPoolTaskRunnerOptions,
} from "./task-runners/thread-pool-task-runner.ts";
export { processOptions as workerProcessOptions } from "./task-runners/worker-script.ts";
export { DuplicateTaskNameError } from "./tasks/duplicate-task-name-error.ts";
export type { Duration } from "./tasks/duration.ts";
export { InvalidOptionError } from "./tasks/invalid-option-error.ts";
export { exponentialBackoff, type RetryDelay } from "./tasks/retry-delay.ts";
export { type Task, task } from "./tasks/task.ts";
export type { TaskChannel } from "./tasks/task-channel.ts";
export type {
  RetryConditionContext,
  TaskCallContext,
  TaskHook,
  TaskInfo,
  TaskOptions,
} from "./tasks/task-options.ts";
export { currentTransaction } from "./transactions/current-transaction.ts";
export { transaction } from "./transactions/run-transaction.ts";
export { Transaction } from "./transactions/transaction.ts";
export { TransactionError } from "./transactions/transaction-error.ts";
export type { CommitMode, TransactionHook, TransactionOptions } from "./transactions/transaction-options.ts";
