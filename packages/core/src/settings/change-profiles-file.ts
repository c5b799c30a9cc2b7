/** Changes the file of profiles; apart from reading it, since few programs do. */
import { realpathSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSystemError, type ProfilesFile, profilesPath, readProfilesFile } from "./profiles-file.ts";
import { ProfilesFileError } from "./setting-errors.ts";
import { formatToml } from "./toml.ts";

export interface ProfilesFileChange {
  readonly home: string;
  /** How long another process that is writing is waited for. Default: 2000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Changes the tables of `file` in place; what it throws leaves the file as it was. */
  readonly change: (file: ProfilesFile) => void;
}

const RETRY_MS = 20;

/**
 * Reads, changes and replaces the file, readable by its owner only since it may hold keys. Readers see the old file or
 * the new one, and changes of several processes follow one another. Comments are lost, data never.
 */
export async function changeProfilesFile(options: ProfilesFileChange): Promise<void> {
  const path = profilesPath(options.home);
  try {
    const target = followLink(path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await replaceLocked(target, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ProfilesFileError(
      `The profiles in ${path} cannot be written (${error.code}). Make its directory writable, or set SLUICE_HOME to one that is.`,
      { cause: error, details: { path } },
    );
  }
}

async function replaceLocked(target: string, options: ProfilesFileChange): Promise<void> {
  // The lock is the file that will be the new one, as in git: holding it and having prepared it are one thing.
  const lockPath = `${target}.lock`;
  const lock = await openExclusively(lockPath, options.lockTimeoutMs ?? 2000);
  let isRenamed = false;
  try {
    const file = readProfilesFile(options.home);
    const before = formatToml(file.table);
    options.change(file);
    const after = formatToml(file.table);
    // A change of nothing must not cost the comments.
    if (after === before) return;
    await lock.writeFile(after);
    await lock.sync();
    await rename(lockPath, target);
    isRenamed = true;
  } finally {
    await lock.close();
    // After the renaming, a file of this name is another process' lock.
    if (!isRenamed) await rm(lockPath, { force: true });
  }
}

/** A file that is a link into somebody's collection of settings stays one. */
function followLink(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return path;
    throw error;
  }
}

async function openExclusively(path: string, timeoutMs: number): ReturnType<typeof open> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await open(path, "wx", 0o600);
    } catch (error) {
      if (!isSystemError(error) || error.code !== "EEXIST") throw error;
      if (performance.now() >= deadline) {
        throw new ProfilesFileError(
          `Another process is changing the profiles: ${path} exists. If none is, delete that file and try again.`,
          { cause: error, details: { path } },
        );
      }
    }
    await sleep(RETRY_MS);
  }
}
