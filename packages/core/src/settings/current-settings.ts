/** The settings that apply to the calling code. */
import { AsyncLocalStorage } from "node:async_hooks";
import { loadSettings } from "./load-settings.ts";
import type { SettingOverrides, Settings } from "./settings.ts";

/** Settings with what they were changed by. */
export interface TemporarySettings {
  readonly overrides: SettingOverrides;
  readonly settings: Settings;
}

const temporary = new AsyncLocalStorage<TemporarySettings>();
let cached: Settings | undefined;

/** The settings of an enclosing `temporarySettings`, otherwise those of the process, read once at first use. */
export function currentSettings(): Settings {
  const scope = temporary.getStore();
  if (scope !== undefined) return scope.settings;
  cached ??= loadSettings();
  return cached;
}

/** Forgets what was read, so that the next use reads environment and profiles anew. */
export function resetSettings(): void {
  cached = undefined;
}

/**
 * Runs `work` with other settings; nested calls add to one another. Meant for tests:
 *
 * ```ts
 * await temporarySettings({ "history.mode": "memory", "tasks.default_retries": 0 }, () => myFlow());
 * ```
 */
export function temporarySettings<R>(overrides: SettingOverrides, work: () => R): R {
  const merged = { ...temporary.getStore()?.overrides, ...overrides };
  return runWithSettings({ overrides: merged, settings: loadSettings({ overrides: merged }) }, work);
}

/** Runs `work` with settings that were read before. */
export function runWithSettings<R>(settings: TemporarySettings, work: () => R): R {
  return temporary.run(settings, work);
}
