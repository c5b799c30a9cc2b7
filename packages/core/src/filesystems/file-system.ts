/** The interface of a place that keeps files: a directory, a bucket, a repository, a share. */

export interface CallOptions {
  /** Stops the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReadStreamOptions extends CallOptions {
  /** First byte to read. Default 0; beyond the end of the file gives nothing. */
  readonly offset?: number | undefined;
  /** How many bytes to read at most. Default: to the end. */
  readonly length?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * Write only if no file has this path, else throw `FileExistsError`. Of several writers at once exactly one succeeds
   * (needs the capability `conditionalCreate`). Default false: an existing file is replaced.
   */
  readonly ifAbsent?: boolean | undefined;
}

export interface ListOptions extends CallOptions {
  /** Only paths that start with this text; end it with a slash to look into a directory. Default: everything. */
  readonly prefix?: string | undefined;
  /** Default true: files at any depth. With false, what lies deeper than the next slash is given as a directory. */
  readonly recursive?: boolean | undefined;
  /** `cursor` of the previous page. */
  readonly cursor?: string | undefined;
  /** Entries per page at most; default 1000. A page may be shorter, even empty, while more follow. */
  readonly limit?: number | undefined;
}

export interface SignedUrlOptions extends CallOptions {
  readonly expiresInSeconds: number;
  /** What the holder of the URL may do; default "GET". */
  readonly method?: "GET" | "PUT" | undefined;
}

/** What can be written: a string is written as UTF-8, an iterable is streamed. Node and web streams are iterables. */
export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** When the content was last written, where the place keeps it. */
  readonly modified?: Date | undefined;
  /** Changes when the content changes, where the place has such a mark. */
  readonly etag?: string | undefined;
  /** Media type, where the place keeps one. */
  readonly contentType?: string | undefined;
}

export interface FileEntry extends FileStat {
  readonly path: string;
}

export interface FileList {
  readonly files: readonly FileEntry[];
  /** With `recursive: false`, the directories found, each ending in a slash. A directory may turn out to be empty. */
  readonly directories: readonly string[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string | undefined;
}

/** What a file system can do; calling what it cannot throws `UnsupportedOperationError`. */
export interface FileSystemCapabilities {
  /** `write` and `delete` work. */
  readonly write: boolean;
  /** `ifAbsent` decides between writers of several processes. */
  readonly conditionalCreate: boolean;
  /** Reading a range does not read the rest of the file. Without it the range is cut from the whole. */
  readonly rangeRead: boolean;
  /** `signedUrl` is there. */
  readonly signedUrls: boolean;
}

/**
 * Files by path. Paths are relative, with forward slashes, as `normalizePath` gives them; every method normalises what
 * it is given. Directories exist only as parts of paths: they need not be made and may be empty only by accident.
 *
 * @throws {FileNotFoundError} from read, readStream and stat, when no file has this path
 * @throws {FileAccessDeniedError} when credentials or permissions do not allow the call
 * @throws {FileThrottledError} when the place refuses for being called too often, and went on doing so
 * @throws {UnsupportedOperationError} when its capabilities do not have what is asked for
 * @throws {PathOutsideRootError} when the path leads out of the root
 * @throws {FileSystemError} when anything else fails
 */
export interface FileSystem {
  readonly capabilities: FileSystemCapabilities;
  /** The root as a URL-like text for messages, such as `s3://bucket/prefix`; no credentials in it. */
  readonly location: string;

  /** The whole content. */
  read(path: string, options?: CallOptions): Promise<Uint8Array>;

  /** The content in chunks, with constant memory. Nothing is opened, nor any error thrown, before the first chunk is asked for. */
  readStream(path: string, options?: ReadStreamOptions): AsyncIterable<Uint8Array>;

  /**
   * Creates or replaces a file. Readers see the old content or the new, never a part; after a failure or an abort the
   * old content is still there.
   */
  write(path: string, content: FileContent, options?: WriteOptions): Promise<void>;

  /** A page of what is there. Over all pages each file comes exactly once, if none is written meanwhile. */
  list(options?: ListOptions): Promise<FileList>;

  stat(path: string, options?: CallOptions): Promise<FileStat>;

  /** Removes the file; one that is not there counts as removed. */
  delete(path: string, options?: CallOptions): Promise<void>;

  /** Removes several files with fewer calls than `delete` takes; `deleteFiles` does without. */
  deleteMany?(paths: readonly string[], options?: CallOptions): Promise<void>;

  /** Copies within the file system without moving the bytes through this process; `copyFile` does without. */
  copy?(from: string, to: string, options?: CallOptions): Promise<void>;

  /** A URL with which anybody can read or write the file for a while. */
  signedUrl?(path: string, options: SignedUrlOptions): Promise<string>;
}
