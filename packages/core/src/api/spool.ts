/** A directory of history that could not be sent: one file per process, one batch per line. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, mkdir, readdir, rename, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { OrchestrationApi } from "@sluice/protocol";
import { type HistoryBatch, isHistoryBatch, type OnRefused, sendBatch } from "./history-batch.ts";

const SUFFIX = ".ndjson";
const CLAIMED = ".sending";
const DAMAGED = ".damaged";
/** A file that was claimed so long ago belongs to a process that died while it sent it. */
const ABANDONED_MS = 10 * 60_000;

export interface ResendOptions {
  readonly api: OrchestrationApi;
  readonly onRefused: OnRefused;
  /** Told of a file with lines that cannot be read; all others of it were sent, and it was put aside under this path. */
  readonly onDamaged: (path: string, lines: number) => void;
}

export class Spool {
  readonly #directory: string;
  /** The file this process appends to. */
  readonly path: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.path = join(directory, `${process.pid}-${randomUUID()}${SUFFIX}`);
  }

  /** Adds a batch whole or not at all: a full disk may take but a part of it, to which the next one would be joined. */
  async append(batch: HistoryBatch): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const size = await sizeOf(this.path);
    try {
      await appendFile(this.path, `${JSON.stringify(batch)}\n`, { mode: 0o600 });
    } catch (error) {
      if ((await sizeOf(this.path)) > size) await truncate(this.path, size);
      throw error;
    }
  }

  /**
   * Sends what earlier processes left, and deletes each file that was sent whole. A file is claimed by renaming it, so two
   * processes never send the same one at once.
   *
   * @returns how many batches were sent.
   * @throws what the history throws; the file it happened with, and those after it, are left for the next time.
   */
  async resend(options: ResendOptions): Promise<number> {
    let sent = 0;
    for (const name of await this.#leftFiles()) {
      const path = join(this.#directory, name);
      const claimed = `${path}${CLAIMED}`;
      if (!(await renamed(path, claimed))) continue;
      try {
        const { batches, damagedLines } = await sendFile(claimed, options);
        sent += batches;
        if (damagedLines === 0) await rm(claimed, { force: true });
        else await putAside(claimed, `${path}${DAMAGED}`, (aside) => options.onDamaged(aside, damagedLines));
      } catch (error) {
        await renamed(claimed, path);
        throw error;
      }
    }
    return sent;
  }

  /** Files to be sent, oldest process first; those that a dead process had claimed get their names back. */
  async #leftFiles(): Promise<string[]> {
    const names = await namesIn(this.#directory);
    const left = new Set(names.filter((name) => name.endsWith(SUFFIX)));
    for (const name of names.filter((each) => each.endsWith(`${SUFFIX}${CLAIMED}`))) {
      const claimed = join(this.#directory, name);
      if (!(await isAbandoned(claimed))) continue;
      const original = name.slice(0, -CLAIMED.length);
      if (await renamed(claimed, join(this.#directory, original))) left.add(original);
    }
    return [...left].sort();
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** The time of a file's last renaming is its change time. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).ctimeMs > ABANDONED_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Renames a file; `false` when another process was faster. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function putAside(from: string, to: string, tell: (path: string) => void): Promise<void> {
  if (await renamed(from, to)) tell(to);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Sends every line that can be read; the death of a process can leave one that is cut off. */
async function sendFile(
  path: string,
  { api, onRefused }: ResendOptions,
): Promise<{ readonly batches: number; readonly damagedLines: number }> {
  let batches = 0;
  let damagedLines = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.trim() === "") continue;
    const batch = parseBatch(line);
    if (batch === undefined) {
      damagedLines += 1;
    } else {
      await sendBatch(api, batch, onRefused);
      batches += 1;
    }
  }
  return { batches, damagedLines };
}

function parseBatch(line: string): HistoryBatch | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isHistoryBatch(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
