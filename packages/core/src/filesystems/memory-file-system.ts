/** The reference file system: files in memory. */
import { type Clock, systemClock } from "../runtime/clock.ts";
import { checkRange } from "./byte-range.ts";
import { contentBytes } from "./file-content.ts";
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
import { normalizePath } from "./storage-path.ts";

const CHUNK_BYTES = 64 * 1024;

export interface MemoryFileSystemOptions {
  readonly clock?: Pick<Clock, "nowUs"> | undefined;
}

interface MemoryFile {
  readonly bytes: Uint8Array;
  readonly modified: Date;
  readonly etag: string;
}

/** Files in memory, for tests and for runs that leave nothing behind. */
export class MemoryFileSystem implements FileSystem {
  readonly capabilities: FileSystemCapabilities = {
    write: true,
    conditionalCreate: true,
    rangeRead: true,
    signedUrls: false,
  };
  readonly location: string = "memory:";
  readonly #files = new Map<string, MemoryFile>();
  readonly #clock: Pick<Clock, "nowUs">;
  #writes = 0;

  constructor(options: MemoryFileSystemOptions = {}) {
    this.#clock = options.clock ?? systemClock();
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    return this.#get(path).bytes.slice();
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    const { offset, end } = checkRange(options);
    options.signal?.throwIfAborted();
    const { bytes } = this.#get(path);
    const stop = Math.min(end, bytes.length);
    for (let start = offset; start < stop; start += CHUNK_BYTES) {
      options.signal?.throwIfAborted();
      yield bytes.slice(start, Math.min(start + CHUNK_BYTES, stop));
    }
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const key = normalizePath(path);
    // A plain array, since `slice` of a Buffer does not copy.
    const bytes = new Uint8Array(await contentBytes(content, options.signal));
    options.signal?.throwIfAborted();
    if (options.ifAbsent === true && this.#files.has(key)) throw new FileExistsError(key, this.location);
    this.#writes += 1;
    const modified = new Date(this.#clock.nowUs() / 1000);
    this.#files.set(key, { bytes, modified, etag: String(this.#writes) });
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    options.signal?.throwIfAborted();
    const { prefix, recursive, cursor, limit } = listQuery(options);
    const rest = this.#found(prefix, recursive).filter((path) => cursor === undefined || path > cursor);
    const page = rest.slice(0, limit);
    return {
      files: page.filter((path) => !path.endsWith("/")).map((path) => this.#entry(path)),
      directories: page.filter((path) => path.endsWith("/")),
      cursor: rest.length > page.length ? page.at(-1) : undefined,
    };
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    options.signal?.throwIfAborted();
    return statOf(this.#get(path));
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#files.delete(normalizePath(path));
  }

  /** Paths of files, and of directories when these stand for what is deeper, sorted. */
  #found(prefix: string, recursive: boolean): string[] {
    const found = new Set<string>();
    for (const path of this.#files.keys()) {
      if (!path.startsWith(prefix)) continue;
      const slash = recursive ? -1 : path.indexOf("/", prefix.length);
      found.add(slash === -1 ? path : path.slice(0, slash + 1));
    }
    return [...found].sort();
  }

  #get(path: string): MemoryFile {
    const key = normalizePath(path);
    const file = this.#files.get(key);
    if (file === undefined) throw new FileNotFoundError(key, this.location);
    return file;
  }

  #entry(path: string): FileEntry {
    return { path, ...statOf(this.#get(path)) };
  }
}

function statOf(file: MemoryFile): FileStat {
  return { size: file.bytes.length, modified: file.modified, etag: file.etag };
}
