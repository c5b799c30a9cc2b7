/** A worker that is a thread of this process. */
import { Worker } from "node:worker_threads";
import type { WorkerExit, WorkerHandle, WorkerListener } from "./worker-handle.ts";
import type { MessageFromWorker, MessageToWorker } from "./worker-messages.ts";
import { threadScript } from "./worker-script.ts";

/** Starts a worker thread. */
export function startWorkerThread(): WorkerHandle {
  return new WorkerThread();
}

class WorkerThread implements WorkerHandle {
  readonly name: string;
  readonly exited: Promise<WorkerExit>;
  listener: WorkerListener | undefined;
  readonly #worker: Worker;

  constructor() {
    const { script, isCode } = threadScript();
    this.#worker = new Worker(script, { eval: isCode });
    this.name = `worker thread ${this.#worker.threadId}`;
    this.#worker.on("message", (message: MessageFromWorker) => this.listener?.onMessage(message));
    this.exited = new Promise((resolve) => {
      let error: Error | undefined;
      this.#worker.on("error", (thrown) => {
        error = thrown;
      });
      this.#worker.on("exit", (exitCode) => {
        const exit = { exitCode, signal: null, error };
        resolve(exit);
        this.listener?.onExit(exit);
      });
    });
  }

  send(message: MessageToWorker): void {
    this.#worker.postMessage(message);
  }

  setBusy(isBusy: boolean): void {
    if (isBusy) this.#worker.ref();
    else this.#worker.unref();
  }

  kill(): void {
    void this.#worker.terminate();
  }
}
