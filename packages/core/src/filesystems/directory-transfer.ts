/** Whole directories between file systems. */
import { copyFile, listPages } from "./file-operations.ts";
import type { CallOptions, FileEntry, FileSystem } from "./file-system.ts";
import { DEFAULT_CONCURRENCY, forEachConcurrently } from "./for-each-concurrently.ts";
import { type IgnoreRules, type LeftOut, leftOut } from "./ignore-rules.ts";
import { LocalFileSystem } from "./local-file-system.ts";
import { normalizePrefix } from "./storage-path.ts";

/** Where a directory is; the empty path is the root. */
export interface DirectoryAddress {
  readonly fileSystem: FileSystem;
  readonly path: string;
}

export interface TransferOptions extends CallOptions, IgnoreRules {
  /** Files under way at once. Default 8. */
  readonly concurrency?: number | undefined;
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
  const { concurrency = DEFAULT_CONCURRENCY, signal } = options;
  const files = listDirectory(from, options);
  await forEachConcurrently(files, { concurrency, signal }, async ({ path }, fileSignal) => {
    await copyFile(
      { fileSystem: from.fileSystem, path: `${source}${path}` },
      { fileSystem: to.fileSystem, path: `${target}${path}` },
      { signal: fileSignal },
    );
    copied.push(path);
  });
  return copied;
}

/** Every file below a directory but those that are left out, page by page as the caller goes on; paths are relative to it. */
export async function* listDirectory(
  directory: DirectoryAddress,
  options: CallOptions & IgnoreRules = {},
): AsyncGenerator<FileEntry, void, undefined> {
  const root = { fileSystem: directory.fileSystem, path: directoryPrefix(directory.path) };
  yield* filesBelow(root, await leftOut(root, options), options.signal);
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

/** With relative paths. A directory that is left out is not looked into: that of a project's dependencies may be huge. */
async function* filesBelow(
  { fileSystem, path: root }: DirectoryAddress,
  rules: LeftOut,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileEntry, void, undefined> {
  const { file: isFileLeftOut, directory: isDirectoryLeftOut } = rules;
  const recursive = isDirectoryLeftOut === undefined;
  const relative = (path: string): string => path.slice(root.length);
  const directories = [root];
  for (let prefix = directories.pop(); prefix !== undefined; prefix = directories.pop()) {
    for await (const page of listPages(fileSystem, { prefix, recursive, signal })) {
      directories.push(...page.directories.filter((path) => isDirectoryLeftOut?.(relative(path)) !== true));
      for (const file of page.files) {
        const path = relative(file.path);
        if (!isFileLeftOut(path)) yield { ...file, path };
      }
    }
  }
}

function directoryPrefix(path: string): string {
  const normal = normalizePrefix(path);
  return normal === "" || normal.endsWith("/") ? normal : `${normal}/`;
}
