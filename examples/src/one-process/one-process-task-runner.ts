/** A task runner whose tasks run in another process: one for each flow run. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  jsonSerializer,
  type State,
  type TaskCall,
  type TaskOutcome,
  type TaskRunner,
  type TaskRunnerCapabilities,
  type TaskRunnerSession,
  type TaskSubmission,
  TaskWorkerLostError,
} from "@sluice/core";
import type { FromWorker, ToWorker } from "./one-process-messages.ts";

/** Runs the tasks of a flow run in one other process, so many at a time. */
export class OneProcessTaskRunner implements TaskRunner {
  readonly name: string = "one process";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: false, resolvesDependencies: false };
  readonly #limit: number;

  constructor({ limit }: { readonly limit: number }) {
    this.#limit = limit;
  }

  async open(): Promise<TaskRunnerSession> {
    return new OneProcessSession(this.#limit);
  }
}

interface OpenCall {
  readonly submission: TaskSubmission;
  resolve(outcome: TaskOutcome): void;
  reject(error: unknown): void;
}

class OneProcessSession implements TaskRunnerSession {
  readonly #limit: number;
  readonly #calls = new Map<number, OpenCall>();
  readonly #submitted = new Set<Promise<unknown>>();
  #waiting: { readonly depth: number; begin(): void }[] = [];
  #running = 0;
  #lastId = 0;
  #child: ChildProcess | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  submit(submission: TaskSubmission): Promise<State> {
    const run = this.#run(submission);
    const forget = (): void => void this.#submitted.delete(run);
    this.#submitted.add(run);
    run.then(forget, forget);
    return run;
  }

  async close(): Promise<void> {
    while (this.#submitted.size > 0) await Promise.allSettled(this.#submitted);
    const child = this.#child;
    if (child === undefined || !child.connected) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.disconnect();
    await exited;
  }

  async #run(submission: TaskSubmission): Promise<State> {
    await this.#place(submission);
    try {
      submission.signal.throwIfAborted();
      const outcome = await this.#carryOut(await submission.toCall(), submission);
      return await submission.toState(outcome);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.begin();
    }
  }

  /** Waits for one of the places. Deeper tasks go first, so that chained maps hold few results at a time. */
  #place({ depth, signal }: TaskSubmission): Promise<void> {
    if (this.#running < this.#limit) {
      this.#running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        depth,
        begin: (): void => {
          signal.removeEventListener("abort", onAbort);
          this.#running += 1;
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const at = this.#waiting.findIndex((other) => other.depth < depth);
      this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, waiter);
    });
  }

  #carryOut(call: TaskCall, submission: TaskSubmission): Promise<TaskOutcome> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { signal } = submission;
    const onAbort = (): void => {
      const { kind = "cancel", message = String(signal.reason) } = submission.interruption ?? {};
      this.#send({ type: "stop", id, kind, message });
    };
    return new Promise<TaskOutcome>((resolve, reject) => {
      this.#calls.set(id, { submission, resolve, reject });
      this.#send({ type: "run", id, call });
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    }).finally(() => {
      this.#calls.delete(id);
      signal.removeEventListener("abort", onAbort);
    });
  }

  #send(message: ToWorker): void {
    this.#child ??= this.#start();
    // What cannot be sent any more is told by "exit".
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #start(): ChildProcess {
    const child = fork(fileURLToPath(new URL("one-process-worker.ts", import.meta.url)), {
      serialization: "advanced",
    });
    child.on("message", (message: FromWorker) => void this.#hear(message));
    child.once("exit", (exitCode, signal) => {
      this.#child = undefined; // the next task starts another
      const exit = { exitCode, signal, error: undefined };
      for (const { submission, reject } of this.#calls.values()) {
        reject(
          new TaskWorkerLostError(submission, { worker: `process ${child.pid}`, exit, hasStarted: true }),
        );
      }
    });
    return child;
  }

  async #hear(message: FromWorker): Promise<void> {
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    const { reports } = call.submission;
    switch (message.type) {
      case "report":
        reports.take(message.report);
        break;
      case "end":
        call.resolve(message.outcome);
        break;
      case "failure":
        call.reject(await jsonSerializer().loads(message.error));
        break;
      case "question":
        await this.#answer(message, reports);
        break;
    }
  }

  async #answer(
    { question, request }: FromWorker & { type: "question" },
    reports: TaskSubmission["reports"],
  ): Promise<void> {
    try {
      const value = request === undefined ? await reports.flush() : await reports.callApi(request);
      this.#send({ type: "answer", question, value });
    } catch (error) {
      this.#send({ type: "refusal", question, error: await jsonSerializer().dumps(error) });
    }
  }
}
