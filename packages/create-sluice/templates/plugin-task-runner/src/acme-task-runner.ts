/** Runs tasks with Acme. */
import {
  ConcurrentTaskRunner,
  type State,
  type TaskRunner,
  type TaskRunnerCapabilities,
  type TaskRunnerContext,
  type TaskRunnerSession,
  type TaskSubmission,
} from "@sluice/core";

export interface AcmeTaskRunnerOptions {
  /** How many tasks run at a time. */
  readonly limit: number;
}

/**
 * Runs tasks in the process of the flow, so that it works from the first minute. To run them elsewhere, send
 * `submission.toCall()` there, carry it out with `runTaskCall(call, channel)` of `@sluice/core`, give what it reports to
 * `submission.reports`, and its outcome to `submission.toState()`; then `isInProcess` is false, and the suite tests more.
 */
export class AcmeTaskRunner implements TaskRunner {
  readonly name: string = "acme";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: true, resolvesDependencies: false };
  readonly #inner: ConcurrentTaskRunner;

  constructor({ limit }: AcmeTaskRunnerOptions) {
    this.#inner = new ConcurrentTaskRunner({ limit });
  }

  async open(context: TaskRunnerContext): Promise<TaskRunnerSession> {
    const session = await this.#inner.open(context);
    return {
      submit(submission: TaskSubmission): Promise<State> {
        context.logger.debug("Task begins", { runner: "acme", taskRun: submission.taskRunName });
        return session.submit(submission);
      },
      close: () => session.close(),
    };
  }
}
