/**
 * The file of profiles, `profiles.toml` in the home directory:
 *
 * ```toml
 * active = "prod"
 *
 * [profiles.prod]
 * api.url = "https://sluice.example.com/api"
 * tasks.default_retries = 2
 * ```
 */
import { readFileSync, realpathSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProfilesFileError } from "./setting-errors.ts";
import { formatToml, isTomlTable, parseToml, type TomlTable, tomlErrorPosition } from "./toml.ts";

/** What the file holds. `table` is all of it, with members that Sluice does not know. */
export interface ProfilesFile {
  readonly path: string;
  /** The file's text; empty when there is no file. */
  readonly text: string;
  readonly table: TomlTable;
  /** The profile that applies when nothing else says. */
  readonly active: string | undefined;
  readonly profiles: ReadonlyMap<string, TomlTable>;
}

export interface ProfilesFileChange {
  readonly home: string;
  /** How long another process that is writing is waited for. Default: 2000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Changes the tables of `file` in place; what it throws leaves the file as it was. */
  readonly change: (file: ProfilesFile) => void;
}

const RETRY_MS = 20;

/**
 * Reads the file; a missing one is one without profiles.
 * @throws {ProfilesFileError} when it cannot be read or is not what it should be.
 */
export function readProfilesFile(home: string): ProfilesFile {
  const path = join(home, "profiles.toml");
  const text = readText(path);
  // Without a file the TOML library is not loaded at all.
  const table = text === "" ? {} : parse(path, text);
  const { active } = table;
  if (active !== undefined && typeof active !== "string") {
    throw new ProfilesFileError(`In ${path}, "active" must be the name of a profile, in quotes.`);
  }
  return { path, text, table, active, profiles: profilesOf(path, table) };
}

/**
 * Reads, changes and replaces the file, readable by its owner only since it may hold keys. Readers see the old file or
 * the new one, and changes of several processes follow one another. Comments are lost, data never.
 */
export async function changeProfilesFile(options: ProfilesFileChange): Promise<void> {
  const path = join(options.home, "profiles.toml");
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

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return "";
    throw new ProfilesFileError(
      `The profiles in ${path} cannot be read (${error.code}). Make it a file that you may read.`,
      { cause: error, details: { path } },
    );
  }
}

function parse(path: string, text: string): TomlTable {
  try {
    return parseToml(text);
  } catch (error) {
    const position = tomlErrorPosition(error);
    if (position === undefined) throw error;
    // No `cause`: the library's message quotes the lines around, in which a key may be.
    throw new ProfilesFileError(
      `${path}:${position.line}:${position.column} is not TOML: ${position.problem}. Mend the file or move it away.`,
      { details: { path, line: position.line, column: position.column } },
    );
  }
}

function profilesOf(path: string, table: TomlTable): ReadonlyMap<string, TomlTable> {
  const profiles = new Map<string, TomlTable>();
  const { profiles: members = {} } = table;
  if (!isTomlTable(members)) throw new ProfilesFileError(`In ${path}, "profiles" must be a table.`);
  for (const [name, settings] of Object.entries(members)) {
    if (!isTomlTable(settings)) {
      throw new ProfilesFileError(`In ${path}, "profiles.${name}" must be a table: [profiles.${name}].`);
    }
    profiles.set(name, settings);
  }
  return profiles;
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

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
