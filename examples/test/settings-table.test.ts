/** The table of settings in docs/history.md is that of the code. */
import { readFileSync } from "node:fs";
import { SETTING_KEYS, type SettingKey, settingDefinition, settingVariable } from "@sluice/core";
import { expect, it } from "vitest";

const HEAD = "| Setting | Variable | Default | |\n|---|---|---|---|\n";

it("docs/history.md shows every setting with its variable, default and choices", () => {
  const page = readFileSync(new URL("../../docs/history.md", import.meta.url), "utf8");
  expect(page).toContain(`\n\n${HEAD}${SETTING_KEYS.map(row).join("\n")}\n\n`);
});

function row(key: SettingKey): string {
  const definition = settingDefinition(key);
  const { fallbackVariable, description } = definition;
  const variables = [settingVariable(key), ...(fallbackVariable === undefined ? [] : [fallbackVariable])];
  const choices = definition.type === "enum" ? ` (${definition.choices.map(code).join(", ")})` : "";
  const { default: preset } = definition;
  const value = preset === undefined || typeof preset === "object" ? "" : code(preset);
  return `| ${code(key)} | ${variables.map(code).join(", else ")} | ${value} | ${description}${choices} |`;
}

function code(value: string | number | boolean): string {
  return `\`${value}\``;
}
