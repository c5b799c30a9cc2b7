/** Decides what happens to runs. */
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export {
  type ComputedMembers,
  type FlowRunStore,
  type FlowStore,
  type LeasedFlowRun,
  type LogStore,
  NestedTransactionError,
  type Store,
  type StoredFlowRun,
  type StoredTaskRun,
  type TaskRunStore,
} from "./store.ts";
export { compareStates, mergeTaskRunRecord, newestState } from "./task-run-record.ts";
export { matchesTextQuery, parseTextQuery, type TextQuery } from "./text-query.ts";
export { addSeconds, canonicalTimestamp, compareTimestamps } from "./timestamp.ts";
