/** Directories that are made the same. */
import { createHash } from "node:crypto";
import {
  copyFile,
  type DirectoryAddress,
  type FileEntry,
  type FileSystem,
  forEachConcurrently,
  type IgnoreRules,
  listDirectory,
  MemoryFileSystem,
  NO_CACHE,
  normalizePrefix,
  runLogger,
  type Task,
  task,
} from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";
import { ofThisRun } from "./file-tasks.ts";
import { SyncProgress } from "./sync-progress.ts";

export interface SyncOptions extends IgnoreRules {
  /**
   * When a file that is in both is copied: `time` (default), when its size differs or it was changed after the copy; `size`;
   * `content`, which reads files of the same size in both.
   */
  readonly compare?: "time" | "size" | "content" | undefined;
  /** Whether files that are only in the target are removed from it. Default false. */
  readonly deleteOthers?: boolean | undefined;
  /** Only tells what would be done. Default false. */
  readonly isDryRun?: boolean | undefined;
  /** Files under way at once. Default 8. */
  readonly concurrency?: number | undefined;
}

export interface SyncResult {
  readonly copied: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Of what was copied. */
  readonly bytes: number;
}

const DEFAULT_CONCURRENCY = 8;

/**
 * Copies what is new or changed below a directory to another, of any two file systems. What is left out (`ignore`) is neither
 * copied nor removed.
 *
 * ```ts
 * await syncStorageDirectory(
 *   { fileSystem: "local-file-system/site", path: "" },
 *   { fileSystem: "s3-bucket/site", path: "public" },
 *   { deleteOthers: true, ignore: ["*.tmp"] },
 * );
 * ```
 */
export const syncStorageDirectory: Task<[FilePlace, FilePlace, SyncOptions?], SyncResult> = task(
  { name: "sync-storage-directory", cachePolicy: NO_CACHE },
  async (from: FilePlace, to: FilePlace, options: SyncOptions = {}): Promise<SyncResult> => {
    const source = await findPlace(from, ofThisRun());
    const target = await findPlace(to, ofThisRun());
    checkApart(source, target);
    return new Sync({ source, target, options }).run();
  },
);

interface SyncInit {
  readonly source: DirectoryAddress;
  readonly target: DirectoryAddress;
  readonly options: SyncOptions;
}

class Sync {
  readonly #source: DirectoryAddress;
  readonly #target: DirectoryAddress;
  readonly #options: SyncOptions;
  readonly #concurrency: { readonly concurrency: number; readonly signal: AbortSignal | undefined };
  readonly #progress: SyncProgress = new SyncProgress(runLogger());

  constructor({ source, target, options }: SyncInit) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#concurrency = { concurrency: options.concurrency ?? DEFAULT_CONCURRENCY, ...ofThisRun() };
  }

  async run(): Promise<SyncResult> {
    const { ignore, ignoreFile, deleteOthers = false } = this.#options;
    const others = new Map<string, FileEntry>();
    // The rules are those of the source, also for what only the target has.
    for await (const file of listDirectory(this.#target, { ignore, ...ofThisRun() }))
      others.set(file.path, file);
    const files = listDirectory(this.#source, { ignore, ignoreFile, ...ofThisRun() });
    await forEachConcurrently(files, this.#concurrency, async (file, signal) => {
      const other = others.get(file.path);
      others.delete(file.path);
      if (other !== undefined && !(await this.#isChanged(file, other, signal))) this.#progress.left();
      else await this.#copy(file, signal);
    });
    if (deleteOthers) {
      await forEachConcurrently(others.keys(), this.#concurrency, (path, signal) =>
        this.#delete(path, signal),
      );
    }
    return this.#progress.end();
  }

  async #isChanged(file: FileEntry, other: FileEntry, signal: AbortSignal): Promise<boolean> {
    const { compare = "time" } = this.#options;
    if (file.size !== other.size) return true;
    if (compare === "size") return false;
    if (compare === "content") return !(await this.#isSame(file.path, signal));
    // Where nobody knows when it was, a copy too many does no harm.
    return file.modified === undefined || other.modified === undefined || file.modified > other.modified;
  }

  async #isSame(path: string, signal: AbortSignal): Promise<boolean> {
    const [digest, other] = await Promise.all(
      [this.#source, this.#target].map((place) => digestOf(place.fileSystem, below(place, path), signal)),
    );
    return digest === other;
  }

  async #copy(file: FileEntry, signal: AbortSignal): Promise<void> {
    const [from, to] = [this.#source, this.#target].map((place) => ({
      fileSystem: place.fileSystem,
      path: below(place, file.path),
    })) as [DirectoryAddress, DirectoryAddress];
    if (this.#options.isDryRun !== true) await copyFile(from, to, { signal });
    this.#progress.copied(file);
  }

  async #delete(path: string, signal: AbortSignal): Promise<void> {
    const { fileSystem } = this.#target;
    if (this.#options.isDryRun !== true) await fileSystem.delete(below(this.#target, path), { signal });
    this.#progress.deleted(path);
  }
}

/** A copy into what is being copied would have no end, and removing others would remove the source. */
function checkApart(source: DirectoryAddress, target: DirectoryAddress): void {
  if (!isSame(source.fileSystem, target.fileSystem)) return;
  const [from, to] = [source, target].map(({ path }) => normalizePrefix(path === "" ? "" : `${path}/`)) as [
    string,
    string,
  ];
  if (!from.startsWith(to) && !to.startsWith(from)) return;
  throw new InvalidRequestError(
    `The directories "${source.path}" and "${target.path}" of ${source.fileSystem.location} cannot be synced, because one is in the other.`,
  );
}

/** Two blocks may be the same place; those in memory only have the same name for it. */
function isSame(one: FileSystem, other: FileSystem): boolean {
  return one === other || (one.location === other.location && !(one instanceof MemoryFileSystem));
}

function below({ path: directory }: DirectoryAddress, path: string): string {
  return directory === "" ? path : `${directory.replace(/\/*$/, "")}/${path}`;
}

async function digestOf(fileSystem: FileSystem, path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of fileSystem.readStream(path, { signal })) hash.update(chunk);
  return hash.digest("hex");
}
