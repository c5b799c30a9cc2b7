/** What happens to a task's value beside being returned: cache, storage, transactions. */
import type { State } from "../states/state.ts";
import type { TaskExecution } from "./execute-task-run.ts";

export interface TaskResult {
  readonly cached: State | undefined;
  around<T>(work: () => Promise<T>): Promise<T>;
  complete(state: State): Promise<State>;
  onEnded(state: State): void;
  release(): Promise<void>;
}

export async function beginTaskResult(_execution: TaskExecution): Promise<TaskResult | undefined> {
  return undefined;
}
