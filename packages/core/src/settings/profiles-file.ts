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
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ProfilesFileError } from "./setting-errors.ts";
import { isTomlTable, parseToml, type TomlTable, tomlErrorPosition } from "./toml.ts";

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

/** Where the profiles of a home directory are. */
export function profilesPath(home: string): string {
  return join(home, "profiles.toml");
}

/**
 * Reads the file; a missing one is one without profiles.
 * @throws {ProfilesFileError} when it cannot be read or is not what it should be.
 */
export function readProfilesFile(home: string): ProfilesFile {
  const path = profilesPath(home);
  const text = readText(path);
  // Without a file the TOML library is not loaded at all.
  const table = text === "" ? {} : parse(path, text);
  const { active } = table;
  if (active !== undefined && typeof active !== "string") {
    throw new ProfilesFileError(`In ${path}, "active" must be the name of a profile, in quotes.`);
  }
  return { path, text, table, active, profiles: profilesOf(path, table) };
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

/** Whether `error` comes from the operating system, and so has a `code` such as `ENOENT`. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
