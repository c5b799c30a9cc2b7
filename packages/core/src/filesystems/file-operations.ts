/** What can be done on any file system with its primitives. */
import type { CallOptions, FileEntry, FileSystem, ListOptions, SignedUrlOptions } from "./file-system.ts";
import { FileNotFoundError, UnsupportedOperationError } from "./file-system-errors.ts";
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
  let cursor: string | undefined;
  do {
    const page = await fileSystem.list({ ...options, recursive: true, cursor });
    yield* page.files;
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

/** Removes every file below a prefix. */
export async function deleteFiles(
  fileSystem: FileSystem,
  prefix: string,
  options: CallOptions = {},
): Promise<void> {
  for await (const { path } of listFiles(fileSystem, { ...options, prefix })) {
    await fileSystem.delete(path, options);
  }
}

/**
 * A URL with which anybody can read or write the file for a while.
 *
 * @throws {UnsupportedOperationError} when the file system has no such URLs
 */
export async function signedUrl(
  fileSystem: FileSystem,
  path: string,
  options: SignedUrlOptions,
): Promise<string> {
  if (fileSystem.signedUrl === undefined) {
    throw new UnsupportedOperationError("signed URLs", fileSystem.location);
  }
  return fileSystem.signedUrl(path, options);
}
