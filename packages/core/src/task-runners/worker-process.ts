/** A worker that is a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkerExit, WorkerHandle, WorkerListener } from "./worker-handle.ts";
import type { MessageFromWorker, MessageToWorker } from "./worker-messages.ts";
import { processOptions, workerEntry } from "./worker-script.ts";

/** Starts a worker process. It ends when this process does. */
export function startWorkerProcess(): WorkerHandle {
  return new WorkerProcess();
}

const living = new Set<ChildProcess>();

class WorkerProcess implements WorkerHandle {
  readonly name: string;
  readonly exited: Promise<WorkerExit>;
  listener: WorkerListener | undefined;
  readonly #child: ChildProcess;

  constructor() {
    const child = fork(fileURLToPath(workerEntry()), [], {
      execArgv: processOptions(),
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    this.name = `worker process ${child.pid ?? "without a process id"}`;
    watch(child);
    child.on("message", (message) => this.listener?.onMessage(message as MessageFromWorker));
    this.exited = whenExited(child).then((exit) => {
      living.delete(child);
      this.listener?.onExit(exit);
      return exit;
    });
  }

  send(message: MessageToWorker): void {
    // What goes wrong on the way goes wrong because the process has ended, and `exited` tells of that.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  setBusy(isBusy: boolean): void {
    if (isBusy) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  kill(): void {
    // The one signal that code cannot catch or block.
    this.#child.kill("SIGKILL");
  }
}

/** Resolves when the process has ended and everything it said was heard. */
function whenExited(child: ChildProcess): Promise<WorkerExit> {
  const disconnected = new Promise<void>((resolve) => child.once("disconnect", resolve));
  return new Promise((resolve) => {
    child.on("error", (error) => {
      // Without a process id it was never started; otherwise an "exit" follows.
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, error });
    });
    child.once("exit", (exitCode, signal) => {
      void disconnected.then(() => resolve({ exitCode, signal, error: undefined }));
    });
  });
}

/** A worker whose loop is blocked does not see that its parent has gone, so it is killed with it. */
function watch(child: ChildProcess): void {
  if (living.size === 0) process.on("exit", killLiving);
  living.add(child);
  child.once("exit", () => {
    living.delete(child);
    if (living.size === 0) process.off("exit", killLiving);
  });
}

function killLiving(): void {
  for (const child of living) child.kill("SIGKILL");
}
