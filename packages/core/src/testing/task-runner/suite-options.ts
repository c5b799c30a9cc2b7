/** What the suite of task runners is given. */
import type { TaskRunner } from "../../task-runners/task-runner.ts";

export interface TaskRunnerSuiteOptions {
  readonly name: string;
  /** A task runner that runs so many tasks at a time. */
  readonly create: (options: { readonly limit: number }) => TaskRunner;
  /** The module `task-runner-tasks`, imported where the workers of the task runner find it too. */
  readonly tasks: typeof import("../task-runner-tasks.ts");
  /** The greatest limit that the task runner knows. Default: any. */
  readonly greatestLimit?: number | undefined;
}
