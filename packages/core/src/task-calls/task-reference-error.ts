/** A task cannot be found from another process. */
import { SluiceError } from "@sluice/protocol";

export class TaskReferenceError extends SluiceError {
  constructor(
    taskName: string,
    problem: string,
    options: { readonly module?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super("TASK_REFERENCE", `Task "${taskName}" cannot run in another thread or process: ${problem}`, {
      cause: options.cause,
      details: { task: taskName, ...(options.module === undefined ? {} : { module: options.module }) },
    });
  }
}
