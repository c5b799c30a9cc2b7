/** One worker, thread or process, as its pool holds it. */
import type { MessageFromWorker, MessageToWorker } from "./worker-messages.ts";

/** How a worker ended. */
export interface WorkerExit {
  readonly exitCode: number | null;
  /** What killed the process, such as `SIGKILL`. */
  readonly signal: string | null;
  /** What it threw or why it could not be started, if that is known. */
  readonly error: Error | undefined;
}

/** Whose call the worker carries out. */
export interface WorkerListener {
  onMessage(message: MessageFromWorker): void;
  onExit(exit: WorkerExit): void;
}

export interface WorkerHandle {
  /** For people: "worker thread 3", "worker process 4711". */
  readonly name: string;
  /** Set while it has a call; everything it says goes there. */
  listener: WorkerListener | undefined;
  /** Resolves when it is gone. */
  readonly exited: Promise<WorkerExit>;
  /** Does nothing when it is gone: `exited` tells. */
  send(message: MessageToWorker): void;
  /** Whether it keeps this process alive. */
  setBusy(isBusy: boolean): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
}
