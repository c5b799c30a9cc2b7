/** Tasks in worker threads. */
import { poolLimit } from "./pool-limit.ts";
import type { TaskRunner, TaskRunnerCapabilities, TaskRunnerSession } from "./task-runner.ts";

export interface ThreadPoolTaskRunnerOptions {
  /** Threads at a time; default: as many as the machine runs at once. */
  readonly limit?: number | undefined;
}

/**
 * Runs submitted tasks in worker threads of this process, one task at a time in each: right for tasks that compute.
 * Tasks must be exported by their modules, and their arguments and results be serialisable. Threads start when there is
 * work and end with the flow run. A task that ignores its cancellation or blocks its thread longer than its timeout is
 * ended with its thread and not retried; a thread that dies crashes only the task run in it. A task keeps its thread while
 * it waits, be it for its next retry; tasks that it begins run in its thread.
 */
export class ThreadPoolTaskRunner implements TaskRunner {
  readonly name = "thread-pool";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: false, resolvesDependencies: false };
  readonly limit: number;

  /** @throws {SluiceError} code `INVALID_OPTION` when the limit is not a whole number of at least 1. */
  constructor(options: ThreadPoolTaskRunnerOptions = {}) {
    this.limit = poolLimit(options.limit);
  }

  async open(): Promise<TaskRunnerSession> {
    const { PoolSession } = await import("./pool-session.ts");
    const { startWorkerThread } = await import("./worker-thread.ts");
    return new PoolSession({ limit: this.limit, start: startWorkerThread });
  }
}
