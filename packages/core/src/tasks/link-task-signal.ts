/** The signal among a task's options. */
import { onAbort } from "../runtime/on-abort.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** Cancels the run when the signal among its task's options aborts; call what it gives when the run has ended. */
export function linkTaskSignal(run: TaskRun, definition: TaskDefinition): (() => void) | undefined {
  const { signal } = definition.options;
  if (signal === undefined) return undefined;
  return onAbort(signal, () => {
    const error = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
    run.interrupt({ kind: "cancel", message: `Task run was cancelled: ${error.message}`, error });
  });
}
