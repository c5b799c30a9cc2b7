/** Decides what happens to runs. */
export type {
  ComputedMembers,
  FlowRunStore,
  FlowStore,
  LapsedFlowRun,
  LogStore,
  Store,
  StoredFlowRun,
  StoredTaskRun,
  TaskRunStore,
} from "./store.ts";
