/** Reads all settings: overrides, then environment variables, then the active profile, then defaults. */
import { Secret } from "../logging/secret.ts";
import { getActiveProfile, type LoadSettingsOptions, outerLayers, resolveSetting } from "./active-profile.ts";
import { connectionSecrets } from "./connection-secrets.ts";
import { profileLayer } from "./setting-layers.ts";
import type { PlainSetting, SettingSource, Settings } from "./settings.ts";
import {
  SETTING_KEYS,
  type SettingDefinition,
  type SettingKey,
  settingDefinition,
} from "./settings-schema.ts";

/**
 * Every setting with its source.
 * @throws {InvalidSettingError} when a value is not what its setting takes.
 * @throws {ProfileNotFoundError | ProfilesFileError} when the profile cannot be had.
 */
export function loadSettings(options: LoadSettingsOptions = {}): Settings {
  const { home, profile, file } = getActiveProfile(options);
  const layers = [...outerLayers(options), profileLayer(file, profile.value)];
  const values: [SettingKey, unknown][] = [];
  const sources: [SettingKey, SettingSource][] = [];
  for (const key of SETTING_KEYS) {
    const known = key === "home" ? home : key === "profile" ? profile : undefined;
    const { value, source } = known ?? resolveSetting(key, layers, home.value);
    values.push([key, shown(settingDefinition(key), value)]);
    sources.push([key, source]);
  }
  return Object.freeze({
    ...nest(values),
    sources: Object.freeze(Object.fromEntries(sources)),
    warnings: Object.freeze(layers.flatMap((layer) => layer.warnings)),
  }) as Settings;
}

/** The value of the setting `key`, for code that goes through many of them. */
export function settingValue(settings: Settings, key: SettingKey): PlainSetting | Secret | undefined {
  const [group, name] = propertyPath(key);
  const member: unknown = Reflect.get(settings, group);
  const value: unknown = name === undefined ? member : Reflect.get(Object(member), name);
  return value as PlainSetting | Secret | undefined;
}

/** A value that is not to be shown shows itself no more. */
function shown(definition: SettingDefinition, value: PlainSetting | undefined): unknown {
  if (value === undefined || !definition.isSecret) return value;
  return new Secret(value, definition.type === "connection" ? connectionSecrets(String(value)) : value);
}

/** `[["api.url", "…"]]` → `{ api: { url: "…" } }`. */
function nest(values: readonly (readonly [SettingKey, unknown])[]): Record<string, unknown> {
  const groups = new Map<string, Record<string, unknown>>();
  const tree: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const [group, name] = propertyPath(key);
    if (name === undefined) {
      tree[group] = value;
      continue;
    }
    const members = groups.get(group) ?? {};
    members[name] = value;
    groups.set(group, members);
  }
  for (const [group, members] of groups) tree[group] = Object.freeze(members);
  return tree;
}

function propertyPath(key: SettingKey): readonly [group: string, name: string | undefined] {
  const dot = key.indexOf(".");
  if (dot === -1) return [key, undefined];
  const name = key.slice(dot + 1).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [key.slice(0, dot), name];
}
