/** Profiles: named sets of settings, one of them active. */
import { DEFAULT_PROFILE, profileNotFound } from "./active-profile.ts";
import { changeProfilesFile } from "./change-profiles-file.ts";
import { closestName } from "./closest-name.ts";
import { displayRaw, parseSetting } from "./parse-setting.ts";
import { profileEntries, setInProfile, unsetInProfile } from "./profile-settings.ts";
import { type ProfilesFile, readProfilesFile } from "./profiles-file.ts";
import { InvalidSettingError, ProfileConflictError, UnknownSettingError } from "./setting-errors.ts";
import type { PlainSetting } from "./settings.ts";
import {
  isSettingKey,
  SETTING_KEYS,
  type SettingKey,
  settingDefinition,
  settingVariable,
} from "./settings-schema.ts";
import { formatToml, isTomlTable, parseToml, type TomlTable, type TomlValue } from "./toml.ts";

export interface ProfilesOptions {
  /** The directory of `profiles.toml`. */
  readonly home: string;
  /** How long another process that is changing the file is waited for. Default: 2000. */
  readonly lockTimeoutMs?: number | undefined;
}

export interface Profile {
  readonly name: string;
  /** Whether the file names it as the one to use. An environment variable may say otherwise. */
  readonly isActive: boolean;
  /** Raw values by key, secrets included, as the file has them; keys that are no settings too. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The profiles of one home directory. Every change replaces the file at once or not at all. */
export class Profiles {
  readonly #home: string;
  readonly #lockTimeoutMs: number | undefined;

  constructor(options: ProfilesOptions) {
    this.#home = options.home;
    this.#lockTimeoutMs = options.lockTimeoutMs;
  }

  /** All profiles by name; `default` is always among them. */
  list(): readonly Profile[] {
    const file = readProfilesFile(this.#home);
    const names = new Set([DEFAULT_PROFILE, ...file.profiles.keys()]);
    return [...names].sort().map((name) => profileOf(file, name));
  }

  /** @throws {ProfileNotFoundError} when there is no such profile. */
  get(name: string): Profile {
    const file = readProfilesFile(this.#home);
    requireProfile(file, name);
    return profileOf(file, name);
  }

  /**
   * Makes a profile, empty or with the settings of the profile `from`.
   * @throws {ProfileConflictError} when the name is taken.
   */
  create(name: string, options: { readonly from?: string | undefined } = {}): Promise<void> {
    return this.#change((file) => {
      requireFreeName(file, name);
      if (options.from !== undefined) requireProfile(file, options.from);
      const source = options.from === undefined ? {} : (file.profiles.get(options.from) ?? {});
      // A copy by way of text: structuredClone would turn TOML's dates without a time into others.
      profilesTable(file)[name] = parseToml(formatToml(source));
    });
  }

  /** Makes `name` the active profile. */
  use(name: string): Promise<void> {
    return this.#change((file) => {
      requireProfile(file, name);
      setActive(file, name);
    });
  }

  /** Deletes a profile with its settings; not the active one, and not `default`. */
  delete(name: string): Promise<void> {
    return this.#change((file) => {
      requireProfile(file, name);
      requireNotDefault(name, "deleted; unset its settings instead");
      if (activeName(file) === name) {
        throw new ProfileConflictError(
          `The profile ${name} is active. Use another first: sluice profile use ${DEFAULT_PROFILE}`,
        );
      }
      delete profilesTable(file)[name];
    });
  }

  /** Gives a profile another name; the active one stays active. */
  rename(name: string, newName: string): Promise<void> {
    return this.#change((file) => {
      requireProfile(file, name);
      requireNotDefault(name, "renamed; create another from it instead");
      requireFreeName(file, newName);
      const profiles = profilesTable(file);
      profiles[newName] = file.profiles.get(name) ?? {};
      delete profiles[name];
      if (file.active === name) setActive(file, newName);
    });
  }

  /**
   * Sets values in a profile, all or none. A key is a setting's key or its variable; a value is text as in a variable.
   * Returns the keys.
   * @throws {UnknownSettingError} when there is no such setting.
   * @throws {InvalidSettingError} when a value is not what its setting takes.
   */
  async set(name: string, values: ReadonlyMap<string, string>): Promise<readonly SettingKey[]> {
    const checked = [...values].map(([text, raw]) => {
      const key = settingInProfile(text);
      return [key, toToml(key, raw, this.#home)] as const;
    });
    await this.#change((file) => {
      requireProfile(file, name);
      const table = existingOrNew(profilesTable(file), name);
      for (const [key, value] of checked) setInProfile(table, key, value);
    });
    return checked.map(([key]) => key);
  }

  /** Removes settings from a profile. Returns the keys that were set. */
  async unset(name: string, keys: readonly string[]): Promise<readonly SettingKey[]> {
    const checked = keys.map(settingInProfile);
    let removed: readonly SettingKey[] = [];
    await this.#change((file) => {
      requireProfile(file, name);
      const table = file.profiles.get(name) ?? {};
      removed = checked.filter((key) => unsetInProfile(table, key));
    });
    return removed;
  }

  #change(change: (file: ProfilesFile) => void): Promise<void> {
    return changeProfilesFile({ home: this.#home, lockTimeoutMs: this.#lockTimeoutMs, change });
  }
}

function profileOf(file: ProfilesFile, name: string): Profile {
  const entries = profileEntries(file.profiles.get(name) ?? {});
  const settings = Object.fromEntries(entries.map((entry) => [entry.key, entry.value]));
  return { name, isActive: activeName(file) === name, settings };
}

function activeName(file: ProfilesFile): string {
  return file.active ?? DEFAULT_PROFILE;
}

function setActive(file: ProfilesFile, name: string): void {
  Object.assign(file.table, { active: name });
}

function profilesTable(file: ProfilesFile): TomlTable {
  return existingOrNew(file.table, "profiles");
}

function existingOrNew(table: TomlTable, name: string): TomlTable {
  const member = Object.hasOwn(table, name) ? table[name] : undefined;
  if (isTomlTable(member)) return member;
  const made: TomlTable = {};
  table[name] = made;
  return made;
}

function requireProfile(file: ProfilesFile, name: string): void {
  if (name !== DEFAULT_PROFILE && !file.profiles.has(name)) throw profileNotFound(file, name);
}

function requireFreeName(file: ProfilesFile, name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new InvalidSettingError(
      `"${name}" cannot name a profile: use up to 64 letters, digits, - and _, beginning with a letter or digit.`,
    );
  }
  if (name === DEFAULT_PROFILE || file.profiles.has(name)) {
    throw new ProfileConflictError(
      `There is a profile ${name} in ${file.path} already. Choose another name.`,
    );
  }
}

function requireNotDefault(name: string, remedy: string): void {
  if (name === DEFAULT_PROFILE) throw new ProfileConflictError(`The profile ${name} cannot be ${remedy}.`);
}

function settingInProfile(text: string): SettingKey {
  const key = isSettingKey(text) ? text : SETTING_KEYS.find((known) => settingVariable(known) === text);
  if (key === undefined) throw new UnknownSettingError(text, closestName(text, SETTING_KEYS));
  if (settingDefinition(key).isOutsideProfiles) {
    throw new InvalidSettingError(
      `${key} cannot be set in a profile; set the environment variable ${settingVariable(key)}.`,
    );
  }
  return key;
}

/** Paths stay as they were written, so that `~` and `{home}` mean the same on another machine. */
function toToml(key: SettingKey, raw: string, home: string): TomlValue {
  const definition = settingDefinition(key);
  const parsed = parseSetting(definition, raw, { baseDirectory: home, home });
  if (!parsed.ok) {
    throw new InvalidSettingError(
      `${key} cannot be ${displayRaw(definition, raw)}: it takes ${parsed.expected}.`,
    );
  }
  if (definition.type === "path") return raw;
  return tomlValue(parsed.value, definition.type === "integer");
}

function tomlValue(value: PlainSetting, isInteger: boolean): TomlValue {
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, BigInt(number)]));
  }
  return isInteger ? BigInt(value) : value;
}
