/** Files in a local directory. */
import { lstat, open, readFile, stat, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { registerSerializable } from "../serializers/serializable-class.ts";
import { checkRange } from "./byte-range.ts";
import type {
  CallOptions,
  FileContent,
  FileEntry,
  FileList,
  FileStat,
  FileSystem,
  FileSystemCapabilities,
  ListOptions,
  ReadStreamOptions,
  WriteOptions,
} from "./file-system.ts";
import { FileExistsError, FileNotFoundError } from "./file-system-errors.ts";
import { listQuery } from "./list-query.ts";
import { codeOf, type LocalOperation, localFileError } from "./local-file-errors.ts";
import { localListing } from "./local-listing.ts";
import { LocalRoot } from "./local-root.ts";
import { replaceByCopy, replaceFile } from "./local-writing.ts";
import { normalizePath } from "./storage-path.ts";

const CHUNK_BYTES = 256 * 1024;

export interface LocalFileSystemOptions {
  /** The directory; made by the first write. Relative to the working directory; `~/` is the home directory. */
  readonly basePath: string;
  /**
   * Whether a write ends only when the disk has the bytes, so that they outlive a power cut. Default false: they
   * outlive the process.
   */
  readonly sync?: boolean | undefined;
}

/**
 * Files in a directory. Writes replace a file in one step; links that lead out of the directory are refused.
 */
export class LocalFileSystem implements FileSystem {
  readonly capabilities: FileSystemCapabilities = {
    write: true,
    conditionalCreate: true,
    rangeRead: true,
    signedUrls: false,
  };
  readonly location: string;
  /** The directory, absolute. */
  readonly basePath: string;
  readonly #root: LocalRoot;
  readonly #sync: boolean;

  static {
    registerSerializable(LocalFileSystem, {
      name: "sluice.LocalFileSystem",
      encode: (files): LocalFileSystemOptions => ({ basePath: files.basePath, sync: files.#sync }),
      decode: (options) => new LocalFileSystem(options),
    });
  }

  constructor(options: LocalFileSystemOptions) {
    this.basePath = resolve(options.basePath.replace(/^~(?=$|[/\\])/, homedir()));
    this.location = pathToFileURL(this.basePath).href;
    this.#root = new LocalRoot(this.basePath);
    this.#sync = options.sync ?? false;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    const key = normalizePath(path);
    return this.#call({ verb: "read", path: key, signal: options.signal }, async () =>
      readFile(await this.#root.locate(key), { signal: options.signal }),
    );
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    const key = normalizePath(path);
    const { offset, end } = checkRange(options);
    const call: LocalCall = { verb: "read", path: key, signal: options.signal };
    const handle = await this.#call(call, async () => open(await this.#root.locate(key), "r"));
    try {
      for (let position = offset; position < end; ) {
        const wanted = Math.min(CHUNK_BYTES, end - position);
        const chunk = Buffer.allocUnsafeSlow(wanted);
        const { bytesRead } = await this.#call(call, () => handle.read(chunk, 0, wanted, position));
        if (bytesRead === 0) return;
        position += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const key = normalizePath(path);
    const { ifAbsent = false, signal } = options;
    await this.#call({ verb: "write", path: key, signal }, async () => {
      const target = await this.#root.prepare(key);
      // Spares the work when the outcome is known; putting the file in place decides.
      if (ifAbsent && (await isTaken(target))) throw new FileExistsError(key, this.location);
      await replaceFile(target, content, { ifAbsent, signal, sync: this.#sync });
    });
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const query = listQuery(options);
    return this.#call({ verb: "list", path: query.prefix, signal: options.signal }, async () => {
      const found: string[] = [];
      for await (const path of localListing(this.#root, query)) {
        options.signal?.throwIfAborted();
        if (found.length === query.limit) return this.#page(found, found.at(-1));
        found.push(path);
      }
      return this.#page(found, undefined);
    });
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const key = normalizePath(path);
    return this.#call({ verb: "look at", path: key, signal: options.signal }, async () => {
      const stats = await stat(await this.#root.locate(key));
      if (!stats.isFile()) throw new FileNotFoundError(key, this.location);
      return { size: stats.size, modified: stats.mtime };
    });
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const key = normalizePath(path);
    await this.#call({ verb: "delete", path: key, signal: options.signal }, async () =>
      removeFile(await this.#root.locateEntry(key)),
    );
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    const source = normalizePath(from);
    const target = normalizePath(to);
    await this.#call({ verb: "copy", path: source, signal: options.signal }, async () =>
      replaceByCopy(await this.#root.locate(source), await this.#root.prepare(target)),
    );
  }

  async #page(found: readonly string[], cursor: string | undefined): Promise<FileList> {
    const files: FileEntry[] = [];
    for (const path of found) {
      if (path.endsWith("/")) continue;
      const entry = await this.#entry(path);
      if (entry !== undefined) files.push(entry);
    }
    return { files, directories: found.filter((path) => path.endsWith("/")), cursor };
  }

  /** `undefined` when the file was removed meanwhile, or is a link to a directory. */
  async #entry(path: string): Promise<FileEntry | undefined> {
    try {
      return { path, ...(await this.stat(path)) };
    } catch (error) {
      if (error instanceof FileNotFoundError) return undefined;
      throw error;
    }
  }

  async #call<T>(call: LocalCall, work: () => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      call.signal?.throwIfAborted();
      throw localFileError(error, { ...call, location: this.location });
    }
  }
}

interface LocalCall extends Omit<LocalOperation, "location"> {
  readonly signal: AbortSignal | undefined;
}

async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** A directory is no file, so there is nothing to remove. macOS says EPERM where Linux says EISDIR. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return;
    if (code === "EPERM" && (await lstat(path)).isDirectory()) return;
    throw error;
  }
}
