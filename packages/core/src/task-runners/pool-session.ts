/** A session of a task runner whose tasks run in a pool of workers. */
import type { State } from "../states/state.ts";
import { Slots } from "./slots.ts";
import type { TaskRunnerSession, TaskSubmission } from "./task-runner.ts";
import { WorkerCall } from "./worker-call.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface PoolSessionOptions {
  /** Tasks, and so workers, at a time. */
  readonly limit: number;
  start(): WorkerHandle;
}

/**
 * One task at a time in each worker; a submission waits for a slot, the deepest first. The pool is our own because it
 * decides what the libraries for it (piscina 5, workerpool 10) leave out: a grace time after telling a task why it has
 * to stop, the exit code and signal of a lost worker, processes that do not keep an idle program alive, and the same
 * behaviour of threads and processes. piscina also loads a worker's module with `require` first, which gives TypeScript
 * sources two copies of the engine.
 */
export class PoolSession implements TaskRunnerSession {
  readonly #slots: Slots;
  readonly #pool: WorkerPool;
  readonly #open = new Set<Promise<unknown>>();

  constructor({ limit, start }: PoolSessionOptions) {
    this.#slots = new Slots(limit);
    this.#pool = new WorkerPool(start);
  }

  submit(submission: TaskSubmission): Promise<State> {
    const run = this.#inSlot(submission);
    this.#keepOpen(run);
    return run;
  }

  async close(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
    await this.#pool.close();
  }

  /** Rejects at once when the submission is interrupted while it waits. */
  #inSlot(submission: TaskSubmission): Promise<State> {
    const { signal, depth } = submission;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      this.#slots.acquire(depth, () => {
        signal.removeEventListener("abort", onAbort);
        const run: Promise<State> = signal.aborted ? Promise.reject(signal.reason) : this.#run(submission);
        run.then(
          (state) => {
            this.#slots.release();
            resolve(state);
          },
          (error) => {
            this.#slots.release();
            reject(error);
          },
        );
      });
    });
  }

  async #run(submission: TaskSubmission): Promise<State> {
    const call = await submission.toCall();
    submission.signal.throwIfAborted();
    const worker = this.#pool.take();
    const work = new WorkerCall(worker, submission);
    let isStillRunning = false;
    try {
      const outcome = await work.carryOut(call);
      isStillRunning = outcome.isStillRunning;
      return await submission.toState(outcome);
    } finally {
      if (isStillRunning) this.#keepOpen(this.#settle(worker, work, submission));
      else this.#pool.giveBack(worker);
    }
  }

  /** Code of the task goes on: the worker gets no other work before it ends, and is killed if it does not. */
  async #settle(worker: WorkerHandle, work: WorkerCall, submission: TaskSubmission): Promise<void> {
    const hadGrace = submission.signal.aborted;
    if (!hadGrace && (await work.settlesWithin(submission.graceMs))) this.#pool.giveBack(worker);
    else worker.kill();
  }

  #keepOpen(work: Promise<unknown>): void {
    this.#open.add(work);
    const forget = (): void => {
      this.#open.delete(work);
    };
    work.then(forget, forget);
  }
}
