/** Which profile applies, and where profiles are: what must be known before any other setting can be read. */
import { closestName } from "./closest-name.ts";
import { displayRaw, parseSetting } from "./parse-setting.ts";
import { type ProfilesFile, readProfilesFile } from "./profiles-file.ts";
import { InvalidSettingError, ProfileNotFoundError } from "./setting-errors.ts";
import {
  type Environment,
  environmentLayer,
  overridesLayer,
  type RawSetting,
  type SettingLayer,
} from "./setting-layers.ts";
import type { PlainSetting, SettingOverrides, SettingSource } from "./settings.ts";
import { type SettingKey, settingDefinition } from "./settings-schema.ts";

/** The profile that always exists, empty until something is set in it. */
export const DEFAULT_PROFILE = "default";

export interface LoadSettingsOptions {
  /** Default: the environment of this process. */
  readonly env?: Environment | undefined;
  /** Values that come before all others. */
  readonly overrides?: SettingOverrides | undefined;
}

/** A setting with its source. */
export interface ResolvedSetting<T> {
  readonly value: T;
  readonly source: SettingSource;
}

/** The home directory, the name of the profile to use, and the file that was read to know. */
export interface ChosenProfile {
  readonly home: ResolvedSetting<string>;
  readonly profile: ResolvedSetting<string>;
  readonly file: ProfilesFile;
}

/**
 * Which profile is asked for (overrides, then environment, then `active` in the file, then `default`), whether there is
 * one of this name or not. Reads no other setting, so that it also works when those are broken.
 * @throws {ProfilesFileError} when the file cannot be read.
 */
export function chosenProfile(options: LoadSettingsOptions = {}): ChosenProfile {
  const layers = outerLayers(options);
  const { value, source } = resolveSetting("home", layers, "");
  const home = { value: String(value), source };
  const file = readProfilesFile(home.value);
  return { home, profile: profileChoice(file, layers), file };
}

/**
 * The chosen profile, which exists.
 * @throws {ProfileNotFoundError} when there is no such profile.
 * @throws {ProfilesFileError} when the file cannot be read.
 */
export function getActiveProfile(options: LoadSettingsOptions = {}): ChosenProfile {
  const chosen = chosenProfile(options);
  const { file, profile } = chosen;
  if (profile.value === DEFAULT_PROFILE || file.profiles.has(profile.value)) return chosen;
  const { source } = profile;
  throw profileNotFound(
    file,
    profile.value,
    source.kind === "environment" ? ` (from ${source.variable})` : "",
  );
}

/** The layers that come before the profile's. */
export function outerLayers({
  env = process.env,
  overrides = {},
}: LoadSettingsOptions): readonly SettingLayer[] {
  return [overridesLayer(overrides), environmentLayer(env)];
}

/**
 * The first layer's value of a setting, or its default.
 * @throws {InvalidSettingError} when the value is not what the setting takes.
 */
export function resolveSetting(
  key: SettingKey,
  layers: readonly SettingLayer[],
  home: string,
): ResolvedSetting<PlainSetting | undefined> {
  const found = firstValue(key, layers);
  const definition = settingDefinition(key);
  const raw = found?.raw ?? definition.default;
  const source = found?.source ?? { kind: "default" };
  if (raw === undefined) return { value: undefined, source };
  const baseDirectory = source.kind === "profile" ? home : process.cwd();
  const parsed = parseSetting(definition, raw, { baseDirectory, home });
  if (parsed.ok) return { value: parsed.value, source };
  const place = found === undefined ? `The default of ${key}` : found.describePlace();
  throw new InvalidSettingError(
    `${place} is ${displayRaw(definition, raw)}, which is not ${parsed.expected}. Change it or remove it.`,
    { details: { key, source } },
  );
}

function firstValue(key: SettingKey, layers: readonly SettingLayer[]): RawSetting | undefined {
  for (const layer of layers) {
    const found = layer.find(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function profileChoice(file: ProfilesFile, layers: readonly SettingLayer[]): ResolvedSetting<string> {
  const found = firstValue("profile", layers);
  if (found !== undefined && found.raw !== null) return { value: String(found.raw), source: found.source };
  if (file.active === undefined) return { value: DEFAULT_PROFILE, source: { kind: "default" } };
  return { value: file.active, source: { kind: "profile", profile: file.active, path: file.path } };
}

/** The error for a name that no profile of `file` has. */
export function profileNotFound(file: ProfilesFile, name: string, where = ""): ProfileNotFoundError {
  const names = [...new Set([DEFAULT_PROFILE, ...file.profiles.keys()])];
  const suggestion = closestName(name, names);
  const remedy = suggestion === undefined ? `Profiles: ${names.join(", ")}.` : `Did you mean ${suggestion}?`;
  return new ProfileNotFoundError(`There is no profile ${name}${where} in ${file.path}. ${remedy}`, {
    details: { profile: name, path: file.path },
  });
}
