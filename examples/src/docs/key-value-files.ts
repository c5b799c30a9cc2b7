/** Files in a service that keeps values under keys. */
import {
  type CallOptions,
  checkRange,
  contentBytes,
  type FileContent,
  FileExistsError,
  type FileList,
  FileNotFoundError,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  FileSystemError,
  type ListOptions,
  listQuery,
  normalizePath,
  type ReadStreamOptions,
  type WriteOptions,
} from "@sluice/core";

/** What is needed of the service: a small port, so that its SDK is named in one file, and tests can do without it. */
export interface KeyValueClient {
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Whether it was not there. */
  add(key: string, value: Uint8Array, signal?: AbortSignal): Promise<boolean>;
  delete(key: string, signal?: AbortSignal): Promise<void>;
  /** Sorted. */
  keys(prefix: string, signal?: AbortSignal): Promise<string[]>;
}

const CHUNK_BYTES = 64 * 1024;

export class KeyValueFiles implements FileSystem {
  readonly location: string;
  readonly capabilities: FileSystemCapabilities = {
    write: true,
    conditionalCreate: true,
    rangeRead: false, // a range is cut from the whole value
    signedUrls: false,
  };
  readonly #client: KeyValueClient;

  constructor(name: string, client: KeyValueClient) {
    this.location = `key-value://${name}`;
    this.#client = client;
  }

  async read(path: string, { signal }: CallOptions = {}): Promise<Uint8Array> {
    const key = normalizePath(path); // also refuses paths that lead out of the root
    const value = await this.#call("read", signal, () => this.#client.get(key, signal));
    if (value === undefined) throw new FileNotFoundError(key, this.location);
    return value;
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    const { offset, end } = checkRange(options);
    const part = (await this.read(path, options)).subarray(offset, end);
    for (let from = 0; from < part.length; from += CHUNK_BYTES) {
      options.signal?.throwIfAborted();
      yield part.subarray(from, from + CHUNK_BYTES);
    }
  }

  async write(path: string, content: FileContent, { ifAbsent, signal }: WriteOptions = {}): Promise<void> {
    const key = normalizePath(path);
    const value = await contentBytes(content, signal); // all of it, before anything is changed
    if (ifAbsent !== true) return this.#call("write", signal, () => this.#client.set(key, value, signal));
    const isNew = await this.#call("write", signal, () => this.#client.add(key, value, signal));
    if (!isNew) throw new FileExistsError(key, this.location);
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const { prefix, recursive, cursor = "", limit } = listQuery(options);
    const { signal } = options;
    const keys = await this.#call("list", signal, () => this.#client.keys(prefix, signal));
    const found = keys.map((key) => {
      const slash = recursive ? -1 : key.indexOf("/", prefix.length);
      return slash === -1 ? key : key.slice(0, slash + 1); // stands for what is deeper
    });
    const rest = [...new Set(found)].filter((entry) => entry > cursor);
    const page = rest.slice(0, limit);
    const paths = page.filter((entry) => !entry.endsWith("/"));
    return {
      files: await Promise.all(paths.map(async (path) => ({ path, ...(await this.stat(path, { signal })) }))),
      directories: page.filter((entry) => entry.endsWith("/")),
      cursor: rest.length > page.length ? page.at(-1) : undefined,
    };
  }

  async stat(path: string, options?: CallOptions): Promise<FileStat> {
    return { size: (await this.read(path, options)).length };
  }

  async delete(path: string, { signal }: CallOptions = {}): Promise<void> {
    const key = normalizePath(path);
    await this.#call("delete", signal, () => this.#client.delete(key, signal));
  }

  /** The service's own errors become ours, in one place: they say what failed, where, and have the cause. */
  async #call<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      signal?.throwIfAborted();
      throw new FileSystemError(`${this.location} failed to ${what}: ${String(cause)}`, { cause });
    }
  }
}
