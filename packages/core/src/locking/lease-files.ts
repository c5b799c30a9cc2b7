/** The files of locks: who holds a key, and taking it. */
import { randomId } from "@sluice/protocol";
import { listFiles } from "../filesystems/file-operations.ts";
import type { FileSystem } from "../filesystems/file-system.ts";
import { FileExistsError } from "../filesystems/file-system-errors.ts";
import { keyPath } from "../filesystems/key-path.ts";
import type { Clock } from "../runtime/clock.ts";
import { FileLease, leaseText, readLease } from "./file-lease.ts";

export interface LeaseFilesOptions {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly leaseSeconds: number;
  readonly clock: Clock;
}

interface LeaseFile {
  readonly path: string;
  readonly generation: number;
  /** Whether its time is not over. What nobody who follows these rules wrote is not live. */
  readonly isLive: boolean;
}

/**
 * Each acquisition creates a file of its own, numbered one higher than all others of the key, which must be dead. So exactly one
 * asker succeeds a dead holder, and nobody writes to the file of another. An asker who was so slow that the numbers began anew
 * meanwhile may create a second live file: whoever sees one beside their own withdraws, and since everybody looks after creating,
 * never two stay.
 */
export class LeaseFiles {
  readonly #options: LeaseFilesOptions;

  constructor(options: LeaseFilesOptions) {
    this.#options = options;
  }

  /** Whether anybody holds the key. */
  async isHeld(key: string, signal?: AbortSignal | undefined): Promise<boolean> {
    return (await this.#files(key, signal)).some(({ isLive }) => isLive);
  }

  /** Takes the key; `undefined` when somebody else has it or is about to. */
  async tryToTake(
    key: string,
    holder: string,
    signal?: AbortSignal | undefined,
  ): Promise<FileLease | undefined> {
    const files = await this.#files(key, signal);
    if (files.some(({ isLive }) => isLive)) return undefined;
    const { fileSystem, leaseSeconds, clock } = this.#options;
    const generation = 1 + Math.max(-1, ...files.map((file) => file.generation));
    const path = `${this.#stem(key)}${generation}.lock`;
    const expiresAt = new Date(this.#nowMs() + leaseSeconds * 1000);
    const record = { holder, token: randomId(), expiresAt };
    try {
      await fileSystem.write(path, leaseText(record), { ifAbsent: true, signal });
    } catch (error) {
      if (error instanceof FileExistsError) return undefined;
      throw error;
    }
    if (!(await this.#isAlone(key, path))) return undefined;
    return new FileLease({ key, fileSystem, path, record, leaseSeconds, clock });
  }

  /** Whether the file just created is the only live one. If so, the dead ones are removed, else it is. */
  async #isAlone(key: string, path: string): Promise<boolean> {
    const { fileSystem } = this.#options;
    let isAlone = false;
    try {
      const others = (await this.#files(key)).filter((file) => file.path !== path);
      isAlone = !others.some(({ isLive }) => isLive);
      if (isAlone) await Promise.all(others.map((file) => fileSystem.delete(file.path)));
    } catch (error) {
      await fileSystem.delete(path);
      throw error;
    }
    if (!isAlone) await fileSystem.delete(path);
    return isAlone;
  }

  async #files(key: string, signal?: AbortSignal | undefined): Promise<LeaseFile[]> {
    const stem = this.#stem(key);
    const files: LeaseFile[] = [];
    for await (const { path } of listFiles(this.#options.fileSystem, { prefix: stem, signal })) {
      const generation = /^(\d+)\.lock$/.exec(path.slice(stem.length))?.[1];
      if (generation === undefined) continue;
      const lease = await readLease(this.#options.fileSystem, path, signal);
      const isLive = lease !== undefined && lease.expiresAt.getTime() > this.#nowMs();
      files.push({ path, generation: Number(generation), isLive });
    }
    return files;
  }

  #stem(key: string): string {
    return `${this.#options.directory}/${keyPath(key)}.`;
  }

  #nowMs(): number {
    return this.#options.clock.nowUs() / 1000;
  }
}
