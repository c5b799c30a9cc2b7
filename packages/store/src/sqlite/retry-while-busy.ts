/** Waits for a file that another process is writing, without blocking the event loop. */
import { setTimeout as delay } from "node:timers/promises";
import { HistoryUnavailableError } from "@sluice/protocol";
import { isBusy } from "./sqlite-fault.ts";

/** An attempt on a busy file takes 15 µs, and a writer pauses for 2 ms every 25 ms: short, uneven waits find the gap. */
const MIN_WAIT_MS = 1;
const MAX_WAIT_MS = 5;

export interface BusyWait {
  readonly path: string;
  readonly busyTimeoutSeconds: number;
}

/**
 * Runs `attempt` until it no longer meets a busy file.
 * @throws {HistoryUnavailableError} when the file is busy for `busyTimeoutSeconds` without a gap.
 */
export async function retryWhileBusy<T>(attempt: () => T, wait: BusyWait): Promise<T> {
  let deadline: number | undefined;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      deadline ??= performance.now() + wait.busyTimeoutSeconds * 1000;
      if (performance.now() >= deadline) throw busyError(wait, error);
    }
    await delay(MIN_WAIT_MS + Math.random() * (MAX_WAIT_MS - MIN_WAIT_MS));
  }
}

function busyError({ path, busyTimeoutSeconds }: BusyWait, cause: unknown): HistoryUnavailableError {
  return new HistoryUnavailableError(
    `The history ${path} was locked by another process for ${busyTimeoutSeconds} s. ` +
      "End the program that holds it (an open `sqlite3` shell with a transaction, a backup, a stopped process), " +
      "or keep the history in another file.",
    { cause, details: { path, busyTimeoutSeconds } },
  );
}
