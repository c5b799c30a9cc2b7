/** A ready run as a task runner gets it. */
import { callApi } from "../api/remote-api.ts";
import { resolveValue } from "../futures/dependencies.ts";
import type { HeldSlot } from "../runtime/held-slot.ts";
import type { Interruption } from "../runtime/interruption.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import { Crashed } from "../states/state-factories.ts";
import { ReportedRuns } from "../task-calls/reported-runs.ts";
import type { TaskCall, TaskOutcome } from "../task-calls/task-call.ts";
import { stateOfOutcome, unseenFutures } from "../task-calls/task-outcome.ts";
import { TaskReferenceError } from "../task-calls/task-reference-error.ts";
import { toTaskCall } from "../task-calls/to-task-call.ts";
import type { TaskReports, TaskSubmission } from "../task-runners/task-runner.ts";
import { currentTransaction } from "../transactions/current-transaction.ts";
import { executeTaskRun } from "./execute-task-run.ts";
import type { SubmissionSite } from "./submit-task.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { persistsResult, resultStoreOf } from "./task-result.ts";

export interface SubmissionInit {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  /** Whether there are futures or annotations in the arguments, whose values take their place when the run begins. */
  readonly needsResolving: boolean;
  readonly site: SubmissionSite;
}

/** A run in the hands of a task runner, and what there is to do when the runner could not bring it to its end. */
export class RunSubmission implements TaskSubmission {
  readonly #init: SubmissionInit;
  #reported: ReportedRuns | undefined;

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

  get interruption(): Interruption | undefined {
    return this.#init.run.interruption;
  }

  get graceMs(): number {
    return this.#init.run.graceMs;
  }

  get timeoutSeconds(): number | undefined {
    return this.#init.definition.options.timeoutSeconds;
  }

  get reports(): TaskReports {
    const { recorder, api } = this.#init.run.services;
    this.#reported ??= new ReportedRuns(this.#init.run);
    const reported = this.#reported;
    return {
      take: (report) => reported.take(report),
      callApi: (request) => callApi(api, request),
      flush: () => recorder.flush(),
    };
  }

  execute(slot?: HeldSlot): Promise<State> {
    const { run, definition, site } = this.#init;
    run.slot = slot;
    // A slot is often given by a task that has just ended; the function must see its own submitter's context.
    return site.resource.runInAsyncScope(async () =>
      executeTaskRun({ run, definition, args: await this.#values(), scope: site.scope }),
    );
  }

  async toCall(): Promise<TaskCall> {
    const { run, definition, site } = this.#init;
    if (site.resource.runInAsyncScope(currentTransaction) !== undefined) assertNoTransaction(this.#init);
    return toTaskCall({ run, definition, args: await this.#values(), ambientTags: site.scope.tags });
  }

  async #values(): Promise<readonly unknown[]> {
    const { args, needsResolving } = this.#init;
    return needsResolving ? Promise.all(args.map((arg) => resolveValue(arg))) : args;
  }

  async toState(outcome: TaskOutcome): Promise<State> {
    const { run, site } = this.#init;
    const state = await stateOfOutcome(outcome, async ({ storage_key: key }) => {
      const { value } = await (await resultStoreOf(this.#init)).read(key);
      return value;
    });
    run.adoptState(outcome.state);
    for (const future of await unseenFutures(outcome, site.flowRun)) site.flowRun.noteFailure(future);
    return state;
  }

  /** The runner failed: nothing more is heard of runs that were begun inside this one elsewhere. */
  loseInnerRuns(): void {
    const message = `The task run ${this.taskRunName}, inside which this one ran, ended without it`;
    this.#reported?.endInner(() => Crashed({ message }).toWire());
  }
}

/** What a transaction here does for a task cannot be done for one that runs elsewhere. */
function assertNoTransaction(init: SubmissionInit): void {
  const { onCommit, onRollback } = init.definition;
  if (onCommit.length + onRollback.length === 0 && !persistsResult(init)) return;
  throw new TaskReferenceError(
    init.definition.name,
    "it was submitted inside a transaction, which cannot follow it there to commit its result or roll it back. Call the task directly, submit it outside the transaction, or use a task runner that works in process.",
  );
}
