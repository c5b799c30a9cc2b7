/** A ready run as a task runner gets it. */
import type { HeldSlot } from "../runtime/held-slot.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import type { TaskCall } from "../task-runners/task-call.ts";
import type { TaskReports, TaskSubmission } from "../task-runners/task-runner.ts";
import { executeTaskRun } from "./execute-task-run.ts";
import type { SubmissionSite } from "./submit-task.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { toTaskCall } from "./to-task-call.ts";

export interface SubmissionInit {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly site: SubmissionSite;
}

export function taskSubmission(init: SubmissionInit): TaskSubmission {
  return new RunSubmission(init);
}

class RunSubmission implements TaskSubmission {
  readonly #init: SubmissionInit;

  constructor(init: SubmissionInit) {
    this.#init = init;
  }

  get taskRunId(): string {
    return this.#init.run.id;
  }

  get taskRunName(): string {
    return this.#init.run.name;
  }

  get depth(): number {
    return this.#init.run.depth;
  }

  get signal(): AbortSignal {
    return this.#init.run.signal;
  }

  get reports(): TaskReports {
    const { recorder } = this.#init.run.services;
    return {
      record: (records) => recorder.forward(records),
      log: (lines) => {
        for (const line of lines) recorder.log(line);
      },
    };
  }

  execute(slot?: HeldSlot): Promise<State> {
    const { run, definition, args, site } = this.#init;
    run.slot = slot;
    // A slot is often given by a task that has just ended; the function must see its own submitter's context.
    return site.resource.runInAsyncScope(() => executeTaskRun({ run, definition, args, scope: site.scope }));
  }

  toCall(): Promise<TaskCall> {
    const { run, definition, args } = this.#init;
    return toTaskCall({ run, definition, args });
  }
}
