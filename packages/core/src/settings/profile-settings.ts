/** The settings inside one profile's table: `api.url = …`, `[profiles.x.api] url = …` and `"api.url" = …` are the same. */
import { isSettingKey, type SettingKey } from "./settings-schema.ts";
import { isTomlTable, type TomlTable, type TomlValue } from "./toml.ts";

/** One value in a profile. */
export interface ProfileEntry {
  /** The dotted key, of a setting or not. */
  readonly key: string;
  readonly value: TomlValue;
  /** The members that lead to it from the profile's table. */
  readonly path: readonly string[];
}

/** Every value of a profile, in the file's order. A table that is not a group of settings is one entry. */
export function profileEntries(table: TomlTable): readonly ProfileEntry[] {
  return entriesBelow(table, []);
}

/** Sets `key`, in whatever form it was there before. */
export function setInProfile(table: TomlTable, key: SettingKey, value: TomlValue): void {
  unsetInProfile(table, key);
  const parts = key.split(".");
  const name = parts.pop() ?? key;
  let group = table;
  for (const part of parts) {
    const member = Object.hasOwn(group, part) ? group[part] : undefined;
    const next: TomlTable = isTomlTable(member) ? member : {};
    group[part] = next;
    group = next;
  }
  group[name] = value;
}

/** Removes `key` in every form, with groups that are empty then. Returns whether it was there. */
export function unsetInProfile(table: TomlTable, key: SettingKey): boolean {
  const found = profileEntries(table).filter((entry) => entry.key === key);
  for (const entry of found) removeAt(table, entry.path);
  return found.length > 0;
}

function entriesBelow(table: TomlTable, above: readonly string[]): readonly ProfileEntry[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const path = [...above, name];
    const key = path.join(".");
    return isTomlTable(value) && !isSettingKey(key) ? entriesBelow(value, path) : [{ key, value, path }];
  });
}

function removeAt(table: TomlTable, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const member = table[name];
  if (rest.length > 0 && isTomlTable(member)) {
    removeAt(member, rest);
    if (Object.keys(member).length > 0) return;
  }
  delete table[name];
}
