/** Decides what happens to runs. */
export type {
  ComputedMembers,
  FlowRunStore,
  FlowStore,
  LeasedFlowRun,
  LogStore,
  Store,
  StoredFlowRun,
  StoredTaskRun,
  TaskRunStore,
} from "./store.ts";
