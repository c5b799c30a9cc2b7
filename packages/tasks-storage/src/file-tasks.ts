/** What flows do with single files. Nothing is cached: files change. */
import {
  copyFile,
  deleteFiles,
  type FileEntry,
  findRunContext,
  listFiles,
  moveFile,
  NO_CACHE,
  type SignedUrlOptions,
  signedUrl,
  type Task,
  task,
} from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";

export interface ListingOptions {
  /** No more are given. Default 10,000. */
  readonly limit?: number | undefined;
}

const DEFAULT_LIMIT = 10_000;

/**
 * Copies a file, also between file systems, in constant memory.
 *
 * ```ts
 * await copyStorageFile({ fileSystem: "s3-bucket/in", path: "trips.csv" }, { fileSystem: "gcs-bucket/out", path: "trips.csv" });
 * ```
 */
export const copyStorageFile: Task<[FilePlace, FilePlace], void> = task(
  { name: "copy-storage-file", cachePolicy: NO_CACHE },
  async (from: FilePlace, to: FilePlace): Promise<void> => {
    const options = ofThisRun();
    await copyFile(await findPlace(from, options), await findPlace(to, options), options);
  },
);

/** Copies a file, and removes the original when that is done. */
export const moveStorageFile: Task<[FilePlace, FilePlace], void> = task(
  { name: "move-storage-file", cachePolicy: NO_CACHE },
  async (from: FilePlace, to: FilePlace): Promise<void> => {
    const options = ofThisRun();
    await moveFile(await findPlace(from, options), await findPlace(to, options), options);
  },
);

/** Removes a file; one that is not there counts as removed. */
export const deleteStorageFile: Task<[FilePlace], void> = task(
  { name: "delete-storage-file", cachePolicy: NO_CACHE },
  async (place: FilePlace): Promise<void> => {
    const { fileSystem, path } = await findPlace(place, ofThisRun());
    await fileSystem.delete(path, ofThisRun());
  },
);

/** Removes every file below a directory, many at once. */
export const deleteStorageDirectory: Task<[FilePlace], void> = task(
  { name: "delete-storage-directory", cachePolicy: NO_CACHE },
  async (place: FilePlace): Promise<void> => {
    const { fileSystem, path } = await findPlace(place, ofThisRun());
    const directory = path.replace(/\/*$/, "");
    if (directory === "" || directory === ".") {
      throw new InvalidRequestError(
        `All of ${fileSystem.location} would be deleted. Give the directory in it that is meant, as path.`,
      );
    }
    await deleteFiles(fileSystem, `${directory}/`, ofThisRun());
  },
);

/** The files whose paths begin with a text; one that ends with a slash is a directory. */
export const listStorageFiles: Task<[FilePlace, ListingOptions?], readonly FileEntry[]> = task(
  { name: "list-storage-files", cachePolicy: NO_CACHE },
  async (place: FilePlace, { limit = DEFAULT_LIMIT }: ListingOptions = {}): Promise<readonly FileEntry[]> => {
    const { fileSystem, path: prefix } = await findPlace(place, ofThisRun());
    const found: FileEntry[] = [];
    for await (const file of listFiles(fileSystem, { prefix, ...ofThisRun() })) {
      if (found.length >= limit) break;
      found.push(file);
    }
    return found;
  },
);

/** A URL with which anybody can read or write the file for a while. */
export const signStorageUrl: Task<[FilePlace, Omit<SignedUrlOptions, "signal">], string> = task(
  { name: "sign-storage-url", cachePolicy: NO_CACHE, persistResult: false },
  async (place: FilePlace, options: Omit<SignedUrlOptions, "signal">): Promise<string> => {
    const { fileSystem, path } = await findPlace(place, ofThisRun());
    return signedUrl(fileSystem, path, { ...options, ...ofThisRun() });
  },
);

/** Calls end with the run that makes them. */
export function ofThisRun(): { readonly signal: AbortSignal | undefined } {
  return { signal: findRunContext()?.signal };
}
