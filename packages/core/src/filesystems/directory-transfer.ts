/** Whole directories between file systems. */
import { copyFile, listFiles } from "./file-operations.ts";
import type { CallOptions, FileSystem } from "./file-system.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";
import { LocalFileSystem } from "./local-file-system.ts";
import { normalizePrefix } from "./storage-path.ts";

const DEFAULT_CONCURRENCY = 8;

/** Where a directory is; the empty path is the root. */
export interface DirectoryAddress {
  readonly fileSystem: FileSystem;
  readonly path: string;
}

export interface TransferOptions extends CallOptions {
  /** Files under way at once. Default 8. */
  readonly concurrency?: number | undefined;
  /** Files to leave out, by their path below the directory. */
  readonly ignore?: ((path: string) => boolean) | undefined;
}

/**
 * Copies every file below a directory to the same place below another. Stops at the first failure; what was copied stays.
 *
 * @returns the paths copied, relative to the directory, in no order
 */
export async function copyDirectory(
  from: DirectoryAddress,
  to: DirectoryAddress,
  options: TransferOptions = {},
): Promise<string[]> {
  const source = directoryPrefix(from.path);
  const target = directoryPrefix(to.path);
  const copied: string[] = [];
  const { concurrency = DEFAULT_CONCURRENCY, ignore, signal } = options;
  const files = listFiles(from.fileSystem, { prefix: source, signal });
  await forEachConcurrently(files, { concurrency, signal }, async (file, fileSignal) => {
    const path = file.path.slice(source.length);
    if (ignore?.(path) === true) return;
    await copyFile(
      { fileSystem: from.fileSystem, path: file.path },
      { fileSystem: to.fileSystem, path: `${target}${path}` },
      { signal: fileSignal },
    );
    copied.push(path);
  });
  return copied;
}

/** Downloads what is below a path into a local directory; see `copyDirectory`. */
export async function getDirectory(
  from: DirectoryAddress,
  localDirectory: string,
  options?: TransferOptions,
): Promise<string[]> {
  const local = new LocalFileSystem({ basePath: localDirectory });
  return copyDirectory(from, { fileSystem: local, path: "" }, options);
}

/** Uploads a local directory below a path; see `copyDirectory`. Links to directories are not followed. */
export async function putDirectory(
  localDirectory: string,
  to: DirectoryAddress,
  options?: TransferOptions,
): Promise<string[]> {
  const local = new LocalFileSystem({ basePath: localDirectory });
  return copyDirectory({ fileSystem: local, path: "" }, to, options);
}

function directoryPrefix(path: string): string {
  const normal = normalizePrefix(path);
  return normal === "" || normal.endsWith("/") ? normal : `${normal}/`;
}
