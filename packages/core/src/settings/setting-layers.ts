/** The places a setting may come from, each a layer that finds raw values by key. */
import { closestName } from "./closest-name.ts";
import { profileEntries } from "./profile-settings.ts";
import type { ProfilesFile } from "./profiles-file.ts";
import type { SettingOverrides, SettingSource } from "./settings.ts";
import {
  isSettingKey,
  SETTING_KEYS,
  type SettingKey,
  settingDefinition,
  settingVariable,
} from "./settings-schema.ts";
import { tomlKeyLine } from "./toml-key-line.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value as its layer has it. */
export interface RawSetting {
  readonly raw: unknown;
  readonly source: SettingSource;
  /** The place for people: `SLUICE_API_URL`, or file, line and profile. Worked out when an error needs it. */
  readonly describePlace: () => string;
}

export interface SettingLayer {
  find(key: SettingKey): RawSetting | undefined;
  /** What is odd in this layer, each a sentence. */
  readonly warnings: readonly string[];
}

/** Values given in code. */
export function overridesLayer(overrides: SettingOverrides): SettingLayer {
  return {
    find(key) {
      const raw = Object.hasOwn(overrides, key) ? overrides[key] : undefined;
      if (raw === undefined) return undefined;
      return { raw, source: { kind: "override" }, describePlace: () => `The override of ${key}` };
    },
    warnings: [],
  };
}

/** Environment variables. An empty one counts as not set. */
export function environmentLayer(env: Environment): SettingLayer {
  return {
    find(key) {
      const variable = variablesOf(key).find((name) => env[name] !== undefined && env[name] !== "");
      if (variable === undefined) return undefined;
      return {
        raw: env[variable],
        source: { kind: "environment", variable },
        describePlace: () => `The environment variable ${variable}`,
      };
    },
    warnings: unknownVariables(env),
  };
}

/** The settings of one profile. */
export function profileLayer(file: ProfilesFile, profile: string): SettingLayer {
  const entries = profileEntries(file.profiles.get(profile) ?? {});
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  return {
    find(key) {
      const entry = byKey.get(key);
      if (entry === undefined || settingDefinition(key).isOutsideProfiles) return undefined;
      const describePlace = (): string => {
        const line = tomlKeyLine(file.text, ["profiles", profile, ...entry.path]);
        return `${file.path}${line === undefined ? "" : `:${line}`}: ${key} of profile ${profile}`;
      };
      return { raw: entry.value, source: { kind: "profile", profile, path: file.path }, describePlace };
    },
    warnings: entries
      .map((entry) => oddEntry(entry.key, `${file.path}, profile ${profile}`))
      .filter((warning) => warning !== undefined),
  };
}

function variablesOf(key: SettingKey): readonly string[] {
  const { fallbackVariable } = settingDefinition(key);
  const variable = settingVariable(key);
  return fallbackVariable === undefined ? [variable] : [variable, fallbackVariable];
}

/** Variables that are no settings: how the command tells worker threads and processes to load TypeScript. */
const OTHER_VARIABLES: readonly string[] = ["SLUICE_MODULE_LOADER"];

/** `SLUICE__…`, with two underscores, is what Sluice's own processes tell each other; `SLUICE_BLOCK_…` declares a block. */
function unknownVariables(env: Environment): readonly string[] {
  const known = SETTING_KEYS.map(settingVariable);
  return Object.keys(env)
    .filter(
      (name) => /^SLUICE_(?!_|BLOCK_)/.test(name) && !known.includes(name) && !OTHER_VARIABLES.includes(name),
    )
    .map((name) => `No setting has the environment variable ${name}.${question(closestName(name, known))}`);
}

function oddEntry(key: string, place: string): string | undefined {
  if (!isSettingKey(key)) {
    const byVariable = SETTING_KEYS.find((known) => settingVariable(known) === key);
    return `${place}: there is no setting ${key}.${question(byVariable ?? closestName(key, SETTING_KEYS))}`;
  }
  if (!settingDefinition(key).isOutsideProfiles) return undefined;
  return `${place}: ${key} has no effect in a profile; set the environment variable ${settingVariable(key)}.`;
}

function question(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
}
