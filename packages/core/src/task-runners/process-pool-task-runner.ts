/** Tasks in worker processes. */
import { poolLimit } from "./pool-limit.ts";
import type { TaskRunner, TaskRunnerCapabilities, TaskRunnerSession } from "./task-runner.ts";

export interface ProcessPoolTaskRunnerOptions {
  /** Processes at a time; default: as many as the machine runs at once. */
  readonly limit?: number | undefined;
}

/**
 * Runs submitted tasks in processes of their own, one task at a time in each: as `ThreadPoolTaskRunner`, for tasks that
 * must not share memory with the flow: native code that may crash, libraries that are not safe in threads, large heaps.
 */
export class ProcessPoolTaskRunner implements TaskRunner {
  readonly name = "process-pool";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: false, resolvesDependencies: false };
  readonly limit: number;

  /** @throws {SluiceError} code `INVALID_OPTION` when the limit is not a whole number of at least 1. */
  constructor(options: ProcessPoolTaskRunnerOptions = {}) {
    this.limit = poolLimit(options.limit);
  }

  async open(): Promise<TaskRunnerSession> {
    const { PoolSession } = await import("./pool-session.ts");
    const { startWorkerProcess } = await import("./worker-process.ts");
    return new PoolSession({ limit: this.limit, start: startWorkerProcess });
  }
}
