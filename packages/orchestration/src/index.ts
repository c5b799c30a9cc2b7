/** Decides what happens to runs. */

export {
  confirmBackgroundRun,
  putBackBackgroundRun,
  takeBackgroundRun,
} from "./background/hand-over.ts";
export { BegunWrites } from "./begun-writes.ts";
export { type ResealOptions, type ResealReport, resealBlocks } from "./blocks/reseal-blocks.ts";
export {
  NO_SEALER,
  type SealedObject,
  type SealedText,
  type SecretSealer,
} from "./blocks/secret-sealer.ts";
export type {
  Condition,
  LabelCondition,
  LabelPattern,
  MemberOf,
  ObjectQuery,
  Order,
  RelatedCondition,
} from "./conditions.ts";
export {
  type EventFeed,
  type EventListener,
  type Feed,
  LocalEventFeed,
  LocalFeed,
  LocalLogFeed,
  type LogFeed,
} from "./event-feed.ts";
export { objectIdOf, relatedInRole, storedEvent } from "./events/stored-event.ts";
export { eventMatches } from "./filters/event-filter.ts";
export { flowQuery, flowRunQuery, logQuery, taskRunQuery } from "./filters/run-queries.ts";
export { GroupCommit, type GroupCommitOptions } from "./group-commit.ts";
export { endsLease } from "./lease.ts";
export { eventPredicate, logPredicate } from "./live-match.ts";
export { LocalContext, type Moment } from "./local-api/local-context.ts";
export { type SweepOptions, sweepLapsedRuns } from "./local-api/sweep-lapsed-runs.ts";
export { LocalApi, type LocalApiOptions } from "./local-api.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export { coreFlowPolicy, markLateRunsPolicy, minimalFlowPolicy } from "./policies.ts";
export { currentOwner, isOwnerAlive } from "./process-owner.ts";
export { completeSchedule } from "./schedules/complete-schedule.ts";
export { type DateRange, nextDates } from "./schedules/next-dates.ts";
export { SerialQueue } from "./serial-queue.ts";
export { cleanUpCancellations } from "./services/clean-up-cancellations.ts";
export { deleteOldHistory, type RetentionOptions } from "./services/delete-old-history.ts";
export { expirePauses } from "./services/expire-pauses.ts";
export { markLateRuns } from "./services/mark-late-runs.ts";
export { markUnserved, type UnservedReport } from "./services/mark-unserved.ts";
export { putBackBackgroundRuns } from "./services/put-back-background-runs.ts";
export { type RepossessionReport, repossessLeases } from "./services/repossess-leases.ts";
export { type SchedulingReport, scheduleDeployments } from "./services/schedule-deployments.ts";
export { wakeWaitingRuns } from "./services/wake-waiting-runs.ts";
export type { BeginWrite } from "./store.ts";
export {
  type EventBuckets,
  type EventListQuery,
  type EventPosition,
  type EventStore,
  type EventTally,
  type FlowRunStore,
  type FlowStore,
  type LeasedFlowRun,
  type Listing,
  type LogStore,
  NestedTransactionError,
  type ObjectStore,
  type RunTally,
  type RunTallyQuery,
  type Store,
  type TaskRunStore,
  type TransactionOptions,
} from "./store.ts";
export {
  type ComputedMembers,
  type Configuration,
  type ObjectNoun,
  type StoredDeployment,
  type StoredDeploymentSchedule,
  type StoredEvent,
  type StoredFlowRun,
  type StoredNouns,
  type StoredTaskRun,
  type StoredWorkPool,
  type StoredWorkQueue,
  UNIQUE_KEYS,
} from "./stored-nouns.ts";
export { mergeTaskRunRecord } from "./task-run-record.ts";
export { parseTextQuery, type TextQuery } from "./text-query.ts";
export { addSeconds, canonicalTimestamp, fromMicroseconds, toMicroseconds } from "./timestamp.ts";
export type {
  DeploymentConcurrency,
  FlowRunContext,
  FlowRunRule,
  ProposedState,
  RunChanges,
  Verdict,
} from "./verdict.ts";
