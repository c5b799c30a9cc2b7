/** Makes the directory in which the file will lie. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { HistoryUnavailableError } from "@sluice/protocol";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a part of its path is a file",
};

/** @throws {HistoryUnavailableError} when the directory cannot be made. */
export async function prepareDirectory(databasePath: string): Promise<void> {
  const directory = dirname(databasePath);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new HistoryUnavailableError(
      `The directory ${directory} of the history ${databasePath} cannot be made: ${REASONS[code] ?? String(error)}. ` +
        "Make it writable, or keep the history elsewhere.",
      { cause: error, details: { path: databasePath, directory, reason: code } },
    );
  }
}
