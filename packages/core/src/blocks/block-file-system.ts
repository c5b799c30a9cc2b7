/** File systems that are named instead of given: blocks that keep files, such as `s3-bucket/reports`. */
import { SluiceError } from "@sluice/protocol";
import type { FileAddress } from "../filesystems/file-operations.ts";
import type { FileSystem } from "../filesystems/file-system.ts";
import { type LoadOptions, loadReference } from "./load-block.ts";

/** A file, or a directory, in a file system that may be named by its block, such as `s3-bucket/reports`. */
export interface FilePlace {
  readonly fileSystem: FileSystem | string;
  readonly path: string;
}

/** The place with its file system; throws as `findFileSystem`. */
export async function findPlace(
  { fileSystem, path }: FilePlace,
  options?: LoadOptions,
): Promise<FileAddress> {
  return { fileSystem: await findFileSystem(fileSystem, options), path };
}

/**
 * The file system, or the block that is one.
 *
 * @throws {SluiceError} code `OBJECT_NOT_FOUND` when there is no such block.
 * @throws {SluiceError} code `INVALID_OPTION` when the block is no file system.
 */
export async function findFileSystem(
  fileSystem: FileSystem | string,
  options?: LoadOptions,
): Promise<FileSystem> {
  if (typeof fileSystem !== "string") return fileSystem;
  const block: object = await loadReference(fileSystem, options);
  if (isFileSystem(block)) return block;
  throw new SluiceError(
    "INVALID_OPTION",
    `The block ${fileSystem} is no file system. Name one that has read() and write(), such as a local-file-system.`,
  );
}

function isFileSystem(value: object): value is FileSystem {
  return (
    "read" in value &&
    typeof value.read === "function" &&
    "write" in value &&
    typeof value.write === "function"
  );
}
