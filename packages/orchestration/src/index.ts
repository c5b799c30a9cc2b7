/** Decides what happens to runs. */
export { endsLease } from "./lease.ts";
export type { SweepOptions } from "./local-api/sweep-lapsed-runs.ts";
export { LocalApi, type LocalApiOptions } from "./local-api.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
export { coreFlowPolicy, minimalFlowPolicy } from "./policies.ts";
export { currentOwner, isOwnerAlive } from "./process-owner.ts";
export { SerialQueue } from "./serial-queue.ts";
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
export { mergeTaskRunRecord } from "./task-run-record.ts";
export { parseTextQuery, type TextQuery } from "./text-query.ts";
export { addSeconds, canonicalTimestamp } from "./timestamp.ts";
export type { FlowRunContext, FlowRunRule, ProposedState, RunChanges, Verdict } from "./verdict.ts";
