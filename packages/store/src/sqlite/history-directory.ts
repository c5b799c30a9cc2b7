/** Makes the directory in which the file will lie. */
import { mkdir, stat } from "node:fs/promises";
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
    await makeDirectories(directory);
  } catch (error) {
    const code = errorCode(error);
    throw new HistoryUnavailableError(
      `The directory ${directory} of the history ${databasePath} cannot be made: ${REASONS[code] ?? String(error)}. ` +
        "Make it writable, or keep the history elsewhere.",
      { cause: error, details: { path: databasePath, directory, reason: code } },
    );
  }
}

/** Level by level, because the recursive `mkdir` of Node 20 says ENOENT when the disk is read-only or full. */
async function makeDirectories(directory: string): Promise<void> {
  if (await isDirectory(directory)) return;
  if (dirname(directory) !== directory) await makeDirectories(dirname(directory));
  try {
    await mkdir(directory);
  } catch (error) {
    // Another process may have been faster.
    if (errorCode(error) !== "EEXIST" || !(await isDirectory(directory))) throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
