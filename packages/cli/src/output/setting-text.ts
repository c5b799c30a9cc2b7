/** Settings as people see them. */
import {
  isSettingKey,
  type PlainSetting,
  Secret,
  type SettingKey,
  type SettingSource,
  type Settings,
  settingDefinition,
  settingValue,
} from "@sluice/core";
import { jsonText } from "./json-text.ts";

const HIDDEN = "****";

/** A setting's value; a secret one only when secrets are to be revealed. */
export function readSetting(
  settings: Settings,
  key: SettingKey,
  revealSecrets: boolean,
): PlainSetting | undefined {
  const value = settingValue(settings, key);
  if (!(value instanceof Secret)) return value;
  return revealSecrets ? value.reveal() : HIDDEN;
}

/** A value as the file of profiles has it, unless it is a secret. */
export function describeProfileValue(key: string, value: unknown): unknown {
  return isSettingKey(key) && settingDefinition(key).isSecret ? HIDDEN : value;
}

/** A value in a table. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "(not set)";
  return typeof value === "object" ? jsonText(value) : String(value);
}

/** A source in a few words: `default`, `environment SLUICE_API_URL`, `profile prod`, `option`. */
export function describeSource(source: SettingSource): string {
  switch (source.kind) {
    case "environment":
      return `environment ${source.variable}`;
    case "profile":
      return `profile ${source.profile}`;
    case "override":
      return "option";
    case "default":
      return "default";
  }
}
