/** Settings on their way to another process. */
import { settingValue } from "./load-settings.ts";
import type { SettingOverrides, Settings } from "./settings.ts";
import { SETTING_KEYS, settingDefinition } from "./settings-schema.ts";

const sent = new WeakMap<Settings, SettingOverrides>();

/** The settings that do not have their default, as overrides. Secrets stay here: a process reads its own. */
export function sentSettings(settings: Settings): SettingOverrides {
  let overrides = sent.get(settings);
  if (overrides === undefined) {
    const keys = SETTING_KEYS.filter(
      (key) => settings.sources[key].kind !== "default" && !settingDefinition(key).isSecret,
    );
    overrides = Object.fromEntries(keys.map((key) => [key, settingValue(settings, key)]));
    sent.set(settings, overrides);
  }
  return overrides;
}
