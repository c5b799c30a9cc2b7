/** A directory of history that could not be sent: one file per process, one batch per line. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type OrchestrationApi, SluiceError } from "@sluice/protocol";
import { type HistoryBatch, sendBatch } from "./history-batch.ts";

const SUFFIX = ".ndjson";
const CLAIMED = ".sending";

export class Spool {
  readonly #directory: string;
  /** The file this process appends to. */
  readonly path: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.path = join(directory, `${process.pid}-${randomUUID()}${SUFFIX}`);
  }

  async append(batch: HistoryBatch): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await appendFile(this.path, `${JSON.stringify(batch)}\n`, { mode: 0o600 });
  }

  /**
   * Sends what earlier processes left, oldest file first, and deletes each file that was sent whole. A file is claimed
   * by renaming it, so two processes never send the same one at once.
   *
   * @returns how many batches were sent.
   */
  async resend(api: OrchestrationApi): Promise<number> {
    let sent = 0;
    for (const name of await this.#leftFiles()) {
      const claimed = join(this.#directory, `${name}${CLAIMED}`);
      try {
        await rename(join(this.#directory, name), claimed);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
        throw error;
      }
      try {
        sent += await sendFile(claimed, api);
      } catch (error) {
        await rename(claimed, join(this.#directory, name));
        throw error;
      }
      await rm(claimed);
    }
    return sent;
  }

  async #leftFiles(): Promise<string[]> {
    try {
      const names = await readdir(this.#directory);
      return names.filter((name) => name.endsWith(SUFFIX)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

async function sendFile(path: string, api: OrchestrationApi): Promise<number> {
  let count = 0;
  let broken: SyntaxError | undefined;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.trim() === "") continue;
    // A cut off line is the last one, left by the death of the process that wrote it. Anywhere else it is damage.
    if (broken !== undefined) throw new DamagedSpoolError(path, broken);
    try {
      await sendBatch(api, JSON.parse(line) as HistoryBatch);
      count += 1;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      broken = error;
    }
  }
  return count;
}

/** A spool file holds a line that is not JSON. */
class DamagedSpoolError extends SluiceError {
  constructor(path: string, cause: Error) {
    super("HISTORY_UNAVAILABLE", `${path} holds a line that is not JSON; repair it or move the file away.`, {
      cause,
      details: { path },
    });
  }
}
