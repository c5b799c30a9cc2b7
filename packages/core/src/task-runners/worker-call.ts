/** One call on one worker: what goes back and forth, and how it is ended from outside when it must be. */
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { TimedOutError } from "../states/run-errors.ts";
import type { TaskCall, TaskOutcome, TaskReport } from "../task-calls/task-call.ts";
import type { TaskSubmission } from "./task-runner.ts";
import { TaskWorkerLostError } from "./task-worker-lost-error.ts";
import type { WorkerExit, WorkerHandle, WorkerListener } from "./worker-handle.ts";
import type { MessageFromWorker, WorkerRequest } from "./worker-messages.ts";

/** How much later than the engine in it a worker is ended from outside: then its thread is blocked. */
const BLOCKED_MS = 500;

let lastId = 0;

export class WorkerCall implements WorkerListener {
  readonly #worker: WorkerHandle;
  readonly #submission: TaskSubmission;
  readonly #id: number;
  #hasStarted = false;
  #isSettled = false;
  #onSettled: (() => void) | undefined;
  /** Why the worker was killed from here. */
  #killedFor: unknown;
  #attemptTimer: NodeJS.Timeout | undefined;
  #graceTimer: NodeJS.Timeout | undefined;
  #resolve: ((outcome: TaskOutcome) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(worker: WorkerHandle, submission: TaskSubmission) {
    lastId += 1;
    this.#id = lastId;
    this.#worker = worker;
    this.#submission = submission;
  }

  /**
   * Resolves with the end of the run.
   *
   * @throws {TaskWorkerLostError} when the worker is gone.
   * @throws {TimedOutError} when the worker had to be killed as its code blocked the thread for longer than its timeout.
   * @throws the reason of the submission's signal, when the worker had to be killed because of it.
   */
  async carryOut(call: TaskCall): Promise<TaskOutcome> {
    const { signal } = this.#submission;
    const onAbort = (): void => void this.#interrupt();
    const outcome = new Promise<TaskOutcome>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#worker.listener = this;
    this.#worker.send({ type: "run", id: this.#id, call });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await outcome;
    } finally {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(this.#attemptTimer);
      clearTimeout(this.#graceTimer);
    }
  }

  /** Whether code that goes on after the end of its run ends by itself within this time. */
  settlesWithin(ms: number): Promise<boolean> {
    if (this.#isSettled) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  onMessage(message: MessageFromWorker): void {
    this.#hasStarted = true;
    if (message.type === "ready" || message.id !== this.#id) return;
    switch (message.type) {
      case "report":
        this.#submission.reports.take(message.report);
        this.#watchAttempts(message.report);
        break;
      case "request":
        void this.#answer(message.requestId, message.request);
        break;
      case "end":
        this.#resolve?.(message.outcome);
        break;
      case "refused":
        void this.#refuse(message.error);
        break;
      case "settled":
        this.#isSettled = true;
        this.#onSettled?.();
        break;
    }
  }

  onExit(exit: WorkerExit): void {
    const lost = new TaskWorkerLostError(this.#submission, {
      worker: this.#worker.name,
      exit,
      hasStarted: this.#hasStarted,
    });
    this.#reject?.(this.#killedFor ?? lost);
    this.#onSettled?.();
  }

  #kill(reason: unknown): void {
    this.#killedFor = reason;
    this.#worker.kill();
  }

  /** Tells the engine in the worker to stop the run; it knows the grace time. */
  async #interrupt(): Promise<void> {
    const { interruption, signal, graceMs } = this.#submission;
    this.#graceTimer = setTimeout(() => this.#kill(signal.reason), graceMs + BLOCKED_MS);
    const { kind = "cancel", message = String(signal.reason), error = signal.reason } = interruption ?? {};
    this.#worker.send({
      type: "interrupt",
      id: this.#id,
      kind,
      message,
      error: await jsonSerializer({ subject: "reason" }).dumps(error),
    });
  }

  /** The engine in the worker ends an attempt that takes too long, unless the attempt's code lets it do nothing. */
  #watchAttempts({ records }: TaskReport): void {
    const { timeoutSeconds, taskRunId, taskRunName } = this.#submission;
    if (timeoutSeconds === undefined) return;
    const state = records.findLast(({ id }) => id === taskRunId)?.states.at(-1);
    if (state === undefined) return;
    clearTimeout(this.#attemptTimer);
    if (state.type !== "RUNNING") return;
    this.#attemptTimer = setTimeout(
      () => this.#kill(new TimedOutError(`Run ${taskRunName}`, timeoutSeconds)),
      timeoutSeconds * 1000 + BLOCKED_MS,
    );
  }

  async #answer(requestId: number, request: WorkerRequest): Promise<void> {
    const { reports } = this.#submission;
    try {
      const value = await (request.kind === "flush" ? reports.flush() : reports.callApi(request.request));
      this.#worker.send({ type: "answer", requestId, value });
    } catch (error) {
      this.#worker.send({ type: "refusal", requestId, error: await jsonSerializer().dumps(error) });
    }
  }

  async #refuse(error: Uint8Array): Promise<void> {
    try {
      this.#reject?.(await jsonSerializer().loads(error));
    } catch (unreadable) {
      this.#reject?.(unreadable);
    }
  }
}
