/** What can be done on any file system with its primitives. */
import { InvalidRequestError } from "@sluice/protocol";
import type {
  CallOptions,
  FileEntry,
  FileList,
  FileSystem,
  ListOptions,
  SignedUrlOptions,
} from "./file-system.ts";
import { FileNotFoundError, UnsupportedOperationError } from "./file-system-errors.ts";
import {
  type ConcurrencyOptions,
  DEFAULT_CONCURRENCY,
  forEachConcurrently,
} from "./for-each-concurrently.ts";
import { normalizePath } from "./storage-path.ts";

/** Where a file is. */
export interface FileAddress {
  readonly fileSystem: FileSystem;
  readonly path: string;
}

/** Whether there is a file with this path. */
export async function fileExists(
  fileSystem: FileSystem,
  path: string,
  options?: CallOptions,
): Promise<boolean> {
  try {
    await fileSystem.stat(path, options);
    return true;
  } catch (error) {
    if (error instanceof FileNotFoundError) return false;
    throw error;
  }
}

/** The content as text, decoded from UTF-8. */
export async function readText(fileSystem: FileSystem, path: string, options?: CallOptions): Promise<string> {
  const bytes = await fileSystem.read(path, options);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** Every file below a prefix, page by page as the caller goes on. */
export async function* listFiles(
  fileSystem: FileSystem,
  options: Omit<ListOptions, "cursor" | "recursive"> = {},
): AsyncGenerator<FileEntry, void, undefined> {
  for await (const page of listPages(fileSystem, options)) yield* page.files;
}

/** The pages of a listing, as the caller goes on. */
export async function* listPages(
  fileSystem: FileSystem,
  options: Omit<ListOptions, "cursor"> = {},
): AsyncGenerator<FileList, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await fileSystem.list({ ...options, cursor });
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Copies a file, also between file systems: within one by its own means where it has them, else streamed through this process. */
export async function copyFile(from: FileAddress, to: FileAddress, options: CallOptions = {}): Promise<void> {
  if (from.fileSystem === to.fileSystem && from.fileSystem.copy !== undefined) {
    await from.fileSystem.copy(from.path, to.path, options);
  } else {
    await to.fileSystem.write(to.path, from.fileSystem.readStream(from.path, options), options);
  }
}

/** Copies a file, then removes the original. After a failure the original is still there; onto itself nothing happens. */
export async function moveFile(from: FileAddress, to: FileAddress, options: CallOptions = {}): Promise<void> {
  const isSame = from.fileSystem === to.fileSystem && normalizePath(from.path) === normalizePath(to.path);
  if (isSame) return;
  await copyFile(from, to, options);
  await from.fileSystem.delete(from.path, options);
}

/**
 * Removes every file below a prefix, many at once. After a failure some may be left.
 *
 * @param options.concurrency - files under way at once, where each is removed by itself; default 8
 */
export async function deleteFiles(
  fileSystem: FileSystem,
  prefix: string,
  options: CallOptions & Partial<ConcurrencyOptions> = {},
): Promise<void> {
  const { signal, concurrency = DEFAULT_CONCURRENCY } = options;
  for await (const { files } of listPages(fileSystem, { prefix, signal })) {
    const paths = files.map(({ path }) => path);
    await deletePaths(fileSystem, paths, { signal, concurrency });
  }
}

async function deletePaths(
  fileSystem: FileSystem,
  paths: readonly string[],
  options: ConcurrencyOptions,
): Promise<void> {
  if (fileSystem.deleteMany !== undefined) {
    if (paths.length > 0) await fileSystem.deleteMany(paths, options);
    return;
  }
  await forEachConcurrently(paths, options, (path, signal) => fileSystem.delete(path, { signal }));
}

/**
 * A URL with which anybody can read or write the file for a while.
 *
 * @throws {UnsupportedOperationError} when the file system has no such URLs
 * @throws {InvalidRequestError} when the time is not a whole number of seconds, one or more
 */
export async function signedUrl(
  fileSystem: FileSystem,
  path: string,
  options: SignedUrlOptions,
): Promise<string> {
  if (fileSystem.signedUrl === undefined) {
    throw new UnsupportedOperationError("signed URLs", fileSystem.location);
  }
  const { expiresInSeconds } = options;
  if (!Number.isSafeInteger(expiresInSeconds) || expiresInSeconds < 1) {
    throw new InvalidRequestError(
      `expiresInSeconds is ${expiresInSeconds}, but must be a whole number of seconds, one or more.`,
    );
  }
  return fileSystem.signedUrl(path, options);
}
