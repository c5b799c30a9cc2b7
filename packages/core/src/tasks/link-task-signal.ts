/** The signal among a task's options. */
import { cancelOnAbort } from "../runtime/on-abort.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** Cancels the run when the signal among its task's options aborts; call what it gives when the run has ended. */
export function linkTaskSignal(run: TaskRun, definition: TaskDefinition): (() => void) | undefined {
  const { signal } = definition.options;
  return signal && cancelOnAbort(signal, run, "Task run");
}
