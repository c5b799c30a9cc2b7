import { setTimeout as sleep } from "node:timers/promises";
import type {
  State,
  TaskRunner,
  TaskRunnerCapabilities,
  TaskRunnerSession,
  TaskSubmission,
} from "@sluice/core";

/** Runs tasks in this process and begins at most one every `ms` milliseconds. */
export class PacedTaskRunner implements TaskRunner {
  readonly name: string = "paced";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: true, resolvesDependencies: false };
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  async open(): Promise<TaskRunnerSession> {
    const submitted: Promise<State>[] = [];
    let turn = Promise.resolve();
    return {
      submit: (submission: TaskSubmission): Promise<State> => {
        const run = turn.then(() => submission.execute()); // retries, caching, states: the engine's work
        turn = turn.then(() => sleep(this.#ms));
        submitted.push(run);
        return run;
      },
      close: async (): Promise<void> => {
        await Promise.allSettled(submitted);
      },
    };
  }
}
