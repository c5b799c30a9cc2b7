import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { currentSettings, resetSettings, temporarySettings } from "../../src/settings/current-settings.ts";
import { temporaryHome } from "./temporary-home.ts";

describe("the current settings", () => {
  beforeEach(async () => {
    vi.stubEnv("SLUICE_HOME", await temporaryHome());
    resetSettings();
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    resetSettings();
  });

  it("are read once, until they are reset", () => {
    const first = currentSettings();
    vi.stubEnv("SLUICE_TASKS_DEFAULT_RETRIES", "7");
    expect(currentSettings()).toBe(first);
    resetSettings();
    expect(currentSettings().tasks.defaultRetries).toBe(7);
  });

  it("are others inside temporarySettings, also after waiting, and not outside", async () => {
    const inside = temporarySettings({ "logging.level": "debug" }, async () => {
      await setImmediate();
      return currentSettings().logging.level;
    });
    expect(currentSettings().logging.level).toBe("info");
    expect(await inside).toBe("debug");
  });

  it("add up when temporarySettings are nested", () => {
    temporarySettings({ "logging.level": "debug", "history.mode": "off" }, () => {
      temporarySettings({ "history.mode": "memory" }, () => {
        expect(currentSettings().logging.level).toBe("debug");
        expect(currentSettings().history.mode).toBe("memory");
      });
      expect(currentSettings().history.mode).toBe("off");
    });
  });

  it("give the error of a bad override to the caller", () => {
    expect(() => temporarySettings({ "tasks.concurrency_limit": 0 }, () => undefined)).toThrow(
      /The override of tasks\.concurrency_limit is 0/,
    );
  });
});
