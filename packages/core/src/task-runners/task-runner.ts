/**
 * Where submitted tasks run. A task runner decides *where and when* the function runs; the task engine, which runs
 * with the function, decides everything else (retries, timeouts, caching, states), so that it is the same everywhere.
 * Implementations: concurrent, sequential, worker threads, child processes (here), Dask and Ray (plugins); all pass
 * `taskRunnerSuite`.
 */
import type { ApiRequest } from "../api/remote-api.ts";
import type { Logger } from "../logging/logger.ts";
import type { HeldSlot } from "../runtime/held-slot.ts";
import type { Interruption } from "../runtime/interruption.ts";
import type { State } from "../states/state.ts";
import type { TaskCall, TaskOutcome, TaskReport } from "../task-calls/task-call.ts";

export interface TaskRunner {
  /** For people: shown in logs. */
  readonly name: string;
  readonly capabilities: TaskRunnerCapabilities;
  /** Begins a session for one flow run. A task runner may have many sessions at a time. */
  open(context: TaskRunnerContext): Promise<TaskRunnerSession>;
}

export interface TaskRunnerCapabilities {
  /** Whether tasks run in the process of the flow; otherwise they must be referable and their arguments serialisable. */
  readonly isInProcess: boolean;
  /** Whether the runner itself follows dependencies between its tasks, so that values need not come to the flow's process. */
  readonly resolvesDependencies: boolean;
}

export interface TaskRunnerContext {
  readonly flowRunId: string | undefined;
  readonly logger: Logger;
  /** The default number of tasks at a time (setting `tasks.concurrencyLimit`). */
  readonly concurrencyLimit: number;
}

export interface TaskRunnerSession {
  /**
   * Runs one task run to its end and gives its final state. Rejects only when the runner itself failed (a lost
   * worker, a task that cannot be sent): the task run is then Crashed or Failed with that error.
   */
  submit(submission: TaskSubmission): Promise<State>;
  /** Waits for what was submitted, then frees what the session holds. */
  close(): Promise<void>;
}

/** A task run that is ready: what it depends on has completed and its arguments are values. */
export interface TaskSubmission {
  readonly taskRunId: string;
  readonly taskRunName: string;
  /** How deep in a chain of tasks; deeper ones go first. */
  readonly depth: number;
  /** Aborts when the task run is interrupted. */
  readonly signal: AbortSignal;
  /** Why `signal` aborted. */
  readonly interruption: Interruption | undefined;
  /** How long an interrupted run may take to end by itself. */
  readonly graceMs: number;
  /** Longest time of one attempt. The engine sees to it; code that blocks its thread must be ended from outside. */
  readonly timeoutSeconds: number | undefined;
  /** In process: runs the task engine here, in a slot if the runner counts them. */
  execute(slot?: HeldSlot): Promise<State>;
  /**
   * Out of process: everything another process needs to run the task engine there (`runTaskCall`).
   *
   * @throws {TaskReferenceError} when the task is not exported by a module.
   * @throws {SerializationError} when an argument cannot be serialised.
   */
  toCall(): Promise<TaskCall>;
  /** Out of process: takes what the engine there has to say, as it comes. */
  readonly reports: TaskReports;
  /**
   * Out of process: the final state, with its value or error, of an outcome.
   *
   * @throws {SerializationError} when the value is of a class that is not known here.
   */
  toState(outcome: TaskOutcome): Promise<State>;
}

/** The flow's side of a task engine in another process. */
export interface TaskReports {
  /** History of the run and of runs begun inside it; the states of the run's future follow it. */
  take(report: TaskReport): void;
  /** Does a call of the orchestration API for flows that the task calls. */
  callApi(request: ApiRequest): Promise<unknown>;
  /** Resolves when what was taken is in the history. */
  flush(): Promise<void>;
}
