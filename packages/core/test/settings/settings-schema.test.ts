import { describe, expect, it } from "vitest";
import { closestName } from "../../src/settings/closest-name.ts";
import {
  isSettingKey,
  SETTING_KEYS,
  settingDefinition,
  settingVariable,
} from "../../src/settings/settings-schema.ts";
import { tomlKeyLine } from "../../src/settings/toml-key-line.ts";

describe("the table of settings", () => {
  it("gives every setting a variable of its own and a description of one line", () => {
    expect(new Set(SETTING_KEYS.map(settingVariable)).size).toBe(SETTING_KEYS.length);
    for (const key of SETTING_KEYS) {
      expect(key).toMatch(/^[a-z_]+(\.[a-z_]+)?$/);
      expect(settingDefinition(key).description).toMatch(/^[A-Z].{10,90}[^.]$/);
    }
    expect(settingVariable("api.url")).toBe("SLUICE_API_URL");
    expect(settingVariable("history.mode")).toBe("SLUICE_HISTORY");
  });

  it("knows what is a key", () => {
    expect(isSettingKey("api.url")).toBe(true);
    expect(isSettingKey("toString")).toBe(false);
  });
});

describe("the closest name", () => {
  it.each([
    ["SLUICE_HISTORY_MODE", "SLUICE_HISTORY"],
    ["API.URL", "api.url"],
    ["xyz", undefined],
    ["", undefined],
  ])("of %j is %j", (name, closest) => {
    expect(closestName(name, ["SLUICE_HISTORY", "api.url", "home"])).toBe(closest);
  });
});

describe("the line of a TOML key", () => {
  const text = 'a.b = 1\n\n[ t . "u v" ] # table\n\'k\'."l" = 2\n[[list]]\n[t.w]\nx = { y = 3 }\n';
  it.each([
    [["a", "b"], 1],
    [["t", "u v", "k", "l"], 4],
    [["t", "w", "x"], 7],
    [["t", "w", "x", "y"], undefined],
  ])("%j is %j", (path, line) => {
    expect(tomlKeyLine(text, path)).toBe(line);
  });

  it("is found in linear time in a line that only looks like a key", () => {
    expect(tomlKeyLine(`${"a".repeat(100_000)}\n${"a.".repeat(50_000)}\nkey = 1`, ["key"])).toBe(3);
  });
});
