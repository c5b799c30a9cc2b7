/** `sluice config …`: settings, where each comes from, and changing those of the active profile. */
import {
  getActiveProfile,
  loadSettings,
  Profiles,
  type ResolvedSetting,
  SETTING_KEYS,
  type SettingKey,
  settingDefinition,
  settingVariable,
} from "@sluice/core";
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import { describeSource, describeValue, readSetting } from "../output/setting-text.ts";
import type { Terminal } from "../output/terminal.ts";

interface ViewOptions extends GlobalOptions {
  readonly json?: true;
  readonly showSources?: true;
  readonly showDefaults?: true;
  readonly showSecrets?: true;
}

interface ChangeOptions extends GlobalOptions {
  readonly json?: true;
}

/** Defines the command and its sub-commands. */
export function defineConfig(command: Command, terminal: Terminal): void {
  const printer = new Printer(terminal);
  command
    .description(
      "Settings come from environment variables, else from the active profile, else they have a default.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice config view --show-sources\n  sluice config set logging.level=debug",
    );

  command
    .command("view")
    .summary("show settings")
    .description("Shows the settings that are not at their defaults, with secrets hidden.")
    .option("--json", "print JSON")
    .option("--show-sources", "say where each value comes from")
    .option("--show-defaults", "show the settings at their defaults too")
    .option("--show-secrets", "show keys and passwords")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice config view --show-defaults --show-sources\n  sluice config view --profile staging --json",
    )
    .action((_options, view: Command) => viewSettings(view.optsWithGlobals(), { printer, terminal }));

  command
    .command("set")
    .summary("set settings in the active profile")
    .description("Sets settings in the active profile, or in the one of --profile. All are set or none.")
    .argument("<KEY=VALUE...>", "setting and value, such as api.url=http://127.0.0.1:4200/api", addAssignment)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice config set tasks.default_retries=2 logging.level=debug\n" +
        "  sluice config set --profile staging api.url=https://staging.example.com/api",
    )
    .action((values: ReadonlyMap<string, string>, _options, set: Command) =>
      setSettings(values, set.optsWithGlobals(), { printer, terminal }),
    );

  command
    .command("unset")
    .summary("remove settings from the active profile")
    .description(
      "Removes settings from the active profile, or from the one of --profile, so that defaults apply.",
    )
    .argument("<KEY...>", "setting, such as api.url")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice config unset api.url api.key")
    .action((keys: readonly string[], _options, unset: Command) =>
      unsetSettings(keys, unset.optsWithGlobals(), { printer, terminal }),
    );
}

interface Streams {
  readonly printer: Printer;
  readonly terminal: Terminal;
}

function viewSettings(options: ViewOptions, { printer, terminal }: Streams): void {
  const settings = loadSettings({ env: terminal.env, overrides: { profile: options.profile } });
  for (const warning of settings.warnings) printer.warn(warning);
  const shown = SETTING_KEYS.filter(
    (key) => options.showDefaults === true || settings.sources[key].kind !== "default",
  );
  const revealSecrets = options.showSecrets === true;
  if (options.json) {
    const entries = shown.map((key) => ({
      key,
      value: readSetting(settings, key, revealSecrets) ?? null,
      ...(options.showSources ? { source: settings.sources[key] } : {}),
    }));
    printer.json({ profile: settings.profile, home: settings.home, settings: entries });
    return;
  }
  const columns = options.showSources ? ["SETTING", "VALUE", "SOURCE"] : ["SETTING", "VALUE"];
  const rows = shown.map((key) => {
    const value = describeValue(readSetting(settings, key, revealSecrets));
    return options.showSources ? [key, value, describeSource(settings.sources[key])] : [key, value];
  });
  printer.table({ columns, rows });
  const hidden = SETTING_KEYS.length - shown.length;
  if (hidden > 0) printer.hint(`${hidden} settings have their default; --show-defaults shows them.`);
}

async function setSettings(
  values: ReadonlyMap<string, string>,
  options: ChangeOptions,
  { printer, terminal }: Streams,
): Promise<void> {
  const { home, profile } = activeProfile(options, terminal);
  const keys = await new Profiles({ home }).set(profile.value, values);
  if (options.json) printer.json({ profile: profile.value, set: keys });
  else printer.line(`Set ${keys.join(", ")} in profile ${profile.value}.`);
  warnOfVariables(keys, { printer, terminal });
}

async function unsetSettings(
  keys: readonly string[],
  options: ChangeOptions,
  { printer, terminal }: Streams,
): Promise<void> {
  const { home, profile } = activeProfile(options, terminal);
  const removed = await new Profiles({ home }).unset(profile.value, keys);
  if (options.json) printer.json({ profile: profile.value, unset: removed });
  else if (removed.length === 0) printer.line(`Profile ${profile.value} did not set ${keys.join(", ")}.`);
  else printer.line(`Unset ${removed.join(", ")} in profile ${profile.value}.`);
  warnOfVariables(removed, { printer, terminal });
}

function activeProfile(
  options: GlobalOptions,
  { env }: Terminal,
): { readonly home: string; readonly profile: ResolvedSetting<string> } {
  const { home, profile } = getActiveProfile({ env, overrides: { profile: options.profile } });
  return { home: home.value, profile };
}

/** A change that the environment outweighs looks like one that failed. */
function warnOfVariables(keys: readonly SettingKey[], { printer, terminal }: Streams): void {
  for (const key of keys) {
    const { fallbackVariable } = settingDefinition(key);
    const variable = [settingVariable(key), fallbackVariable].find(
      (name) => name !== undefined && terminal.env[name],
    );
    if (variable !== undefined) printer.warn(`The environment variable ${variable} is set and comes first.`);
  }
}

function addAssignment(
  text: string,
  previous: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Write it as KEY=VALUE.");
  return new Map([...(previous ?? []), [text.slice(0, equals), text.slice(equals + 1)]]);
}
