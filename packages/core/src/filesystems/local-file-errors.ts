/** From the errors of `node:fs` to those of file systems. */
import { SluiceError } from "@sluice/protocol";
import {
  FileAccessDeniedError,
  FileExistsError,
  FileNotFoundError,
  FileSystemError,
} from "./file-system-errors.ts";

export interface LocalOperation {
  /** As in "Cannot … the file". */
  readonly verb: "read" | "write" | "list" | "delete" | "copy" | "look at";
  readonly path: string;
  readonly location: string;
}

/** Why and what to do, by the system's code. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space or use another directory",
  EDQUOT: "the disk quota is used up. Free some space or use another directory",
  EFBIG: "the file is larger than the disk's file system allows",
  ENAMETOOLONG: "a part of the path is longer than the disk's file system allows (mostly 255 bytes)",
  ENOENT: "its directory went away meanwhile",
  ENOTDIR: "a part of the path is a file, not a directory. Remove that file or use another path",
  EISDIR: "it is a directory. Use another path",
  EMFILE: "the process has too many open files. Raise the limit (ulimit -n) or lower the concurrency",
  ENFILE: "the system has too many open files",
  EIO: "the disk failed to read or write",
  ELOOP: "its symbolic links form a loop",
  ERR_FS_FILE_TOO_LARGE: "it is too large to be read at once. Use readStream",
};

const DENIED: Readonly<Record<string, string>> = {
  EACCES: "permission denied. Check the owner and the mode of the file and its directories",
  EPERM: "the operation is not permitted. Check the owner, the mode and the attributes of the file",
  EROFS: "the disk is mounted read-only. Use a directory that can be written",
};

/** To a reader, a path through a file or to a directory is a path without a file. */
const MISSING: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

/** The error to throw for what `node:fs` threw; our own errors and reasons of aborts are given back as they are. */
export function localFileError(error: unknown, operation: LocalOperation): unknown {
  const code = codeOf(error);
  if (error instanceof SluiceError || code === undefined) return error;
  const { verb, path, location } = operation;
  if (verb !== "write" && MISSING.has(code)) {
    return new FileNotFoundError(path, location, { cause: error });
  }
  if (code === "EEXIST") return new FileExistsError(path, location, { cause: error });
  const subject = `Cannot ${verb} "${path}" in ${location}`;
  const options = { cause: error, details: { path, location, systemCode: code } };
  const denied = DENIED[code];
  if (denied !== undefined) return new FileAccessDeniedError(`${subject}: ${denied}.`, options);
  const why = EXPLANATIONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new FileSystemError(`${subject}: ${why}.`, options);
}

/** The system's code, absent on errors that do not come from the system, such as an abort's reason. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
