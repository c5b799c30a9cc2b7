/** Workers that are started when there is work, used again, and ended with the pool. */
import type { WorkerHandle } from "./worker-handle.ts";

/** How long a worker that was told to end may take. */
const CLOSE_PATIENCE_MS = 2000;

export class WorkerPool {
  readonly #start: () => WorkerHandle;
  readonly #alive = new Set<WorkerHandle>();
  /** The most recently used last, as its caches are warm. */
  readonly #idle: WorkerHandle[] = [];

  constructor(start: () => WorkerHandle) {
    this.#start = start;
  }

  /** A worker that does nothing else. */
  take(): WorkerHandle {
    const worker = this.#idle.pop() ?? this.#begin();
    worker.setBusy(true);
    return worker;
  }

  /** The worker's call has ended, and nothing of it goes on. */
  giveBack(worker: WorkerHandle): void {
    worker.listener = undefined;
    if (!this.#alive.has(worker)) return;
    worker.setBusy(false);
    this.#idle.push(worker);
  }

  /** Ends the workers; resolves when all are gone. */
  async close(): Promise<void> {
    await Promise.all([...this.#alive].map((worker) => end(worker, this.#idle.includes(worker))));
  }

  #begin(): WorkerHandle {
    const worker = this.#start();
    this.#alive.add(worker);
    void worker.exited.then(() => {
      this.#alive.delete(worker);
      const index = this.#idle.indexOf(worker);
      if (index !== -1) this.#idle.splice(index, 1);
    });
    return worker;
  }
}

async function end(worker: WorkerHandle, isIdle: boolean): Promise<void> {
  worker.setBusy(true);
  if (isIdle) worker.send({ type: "close" });
  else worker.kill();
  const timer = setTimeout(() => worker.kill(), CLOSE_PATIENCE_MS);
  await worker.exited;
  clearTimeout(timer);
}
