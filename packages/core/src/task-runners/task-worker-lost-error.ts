/** The thread or process that ran a task is gone. */
import { SluiceError } from "@sluice/protocol";
import type { WorkerExit } from "./worker-handle.ts";

export class TaskWorkerLostError extends SluiceError {
  constructor(
    run: { readonly taskRunId: string; readonly taskRunName: string },
    {
      worker,
      exit,
      hasStarted,
    }: { readonly worker: string; readonly exit: WorkerExit; readonly hasStarted: boolean },
  ) {
    const { exitCode, signal, error } = exit;
    const how = signal === null ? `with exit code ${exitCode}` : `by signal ${signal}`;
    const why = error === undefined ? "" : ` after ${error.name}: ${error.message}`;
    const what = hasStarted
      ? `The ${worker} that ran task run ${run.taskRunName} ended ${how}${why}. Its code called process.exit, threw outside of any promise, ran out of memory, or was killed.`
      : `The ${worker} for task run ${run.taskRunName} could not start: it ended ${how}${why}.`;
    super("TASK_WORKER_LOST", what, {
      cause: error,
      details: { taskRunId: run.taskRunId, taskRunName: run.taskRunName, exitCode, signal },
    });
  }
}
