/** Removes many files with few calls. */
import type { CallOptions, FileSystem } from "./file-system.ts";
import { DEFAULT_CONCURRENCY, forEachConcurrently } from "./for-each-concurrently.ts";
import { normalizePath } from "./storage-path.ts";

export interface DeleteBatchesOptions extends CallOptions {
  /** Files in one call. */
  readonly mostAtOnce: number;
}

/**
 * What `deleteMany` does in a place that says of each file of a call whether it is gone. Those that are left are removed by
 * themselves: so they are tried again, and say what is wrong.
 *
 * @param deleteBatch - gets paths that have been normalised; gives those that are left, for whatever reason
 */
export async function deleteInBatches(
  fileSystem: Pick<FileSystem, "delete">,
  paths: readonly string[],
  { mostAtOnce, signal }: DeleteBatchesOptions,
  deleteBatch: (files: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const files = paths.map(normalizePath);
  const left: string[] = [];
  for (let start = 0; start < files.length; start += mostAtOnce) {
    left.push(...(await deleteBatch(files.slice(start, start + mostAtOnce))));
  }
  await forEachConcurrently(left, { concurrency: DEFAULT_CONCURRENCY, signal }, (file, each) =>
    fileSystem.delete(file, { signal: each }),
  );
}
