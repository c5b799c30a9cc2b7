/** `sluice profile …`: named sets of settings. */
import { chosenProfile, Profiles } from "@sluice/core";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import { describeProfileValue, describeValue } from "../output/setting-text.ts";
import type { Terminal } from "../output/terminal.ts";

interface JsonOption {
  readonly json?: true;
}

interface CreateOptions extends JsonOption {
  readonly from?: string;
}

/** What every sub-command works with. */
interface ProfileContext {
  readonly printer: Printer;
  readonly terminal: Terminal;
}

/** Defines the command and its sub-commands. */
export function defineProfile(command: Command, terminal: Terminal): void {
  const context: ProfileContext = { printer: new Printer(terminal), terminal };
  command
    .description(
      "A profile is a named set of settings. One is active; --profile and SLUICE_PROFILE choose another.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice profile create staging\n" +
        "  sluice config set --profile staging api.url=https://staging.example.com/api\n  sluice profile use staging",
    );
  defineReading(command, context);
  defineChanges(command, context);
}

function defineReading(command: Command, context: ProfileContext): void {
  command
    .command("ls")
    .description("Lists profiles; the active one has a star.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile ls")
    .action((_options, ls: Command) => listProfiles(ls.optsWithGlobals(), context));

  command
    .command("inspect")
    .description("Shows the settings of a profile, with secrets hidden.")
    .argument("[name]", "profile; default: the active one")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile inspect staging --json")
    .action((name: string | undefined, _options, inspect: Command) =>
      inspectProfile(name, inspect.optsWithGlobals(), context),
    );
}

function defineChanges(command: Command, context: ProfileContext): void {
  command
    .command("create")
    .description("Makes a profile, empty or as a copy.")
    .argument("<name>", "letters, digits, - and _")
    .option("--from <profile>", "copy the settings of this profile")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile create staging --from prod")
    .action((name: string, options: CreateOptions) =>
      change(
        context,
        { options, name, said: `Made profile ${name}. Use it with: sluice profile use ${name}` },
        (profiles) => profiles.create(name, { from: options.from }),
      ),
    );

  command
    .command("use")
    .description("Makes a profile the active one.")
    .argument("<name>", "profile")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile use staging")
    .action((name: string, options: JsonOption) =>
      change(context, { options, name, said: `Profile ${name} is active now.` }, async (profiles) => {
        await profiles.use(name);
        const { SLUICE_PROFILE: variable } = context.terminal.env;
        if (variable && variable !== name) {
          context.printer.warn(`The environment variable SLUICE_PROFILE=${variable} is set and comes first.`);
        }
      }),
    );

  command
    .command("rename")
    .description("Gives a profile another name.")
    .argument("<name>", "profile")
    .argument("<new-name>", "letters, digits, - and _")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile rename prod production")
    .action((name: string, newName: string, options: JsonOption) =>
      change(
        context,
        { options, name: newName, said: `Renamed profile ${name} to ${newName}.` },
        (profiles) => profiles.rename(name, newName),
      ),
    );

  command
    .command("delete")
    .description("Deletes a profile with its settings; not the active one.")
    .argument("<name>", "profile")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice profile delete staging")
    .action((name: string, options: JsonOption) =>
      change(context, { options, name, said: `Deleted profile ${name}.` }, (profiles) =>
        profiles.delete(name),
      ),
    );
}

interface Change {
  readonly options: JsonOption;
  readonly name: string;
  readonly said: string;
}

async function change(
  { printer, terminal }: ProfileContext,
  { options, name, said }: Change,
  work: (profiles: Profiles) => Promise<void>,
): Promise<void> {
  await work(new Profiles({ home: chosenProfile({ env: terminal.env }).home.value }));
  if (options.json) printer.json({ name });
  else printer.line(said);
}

function listProfiles(options: GlobalOptions & JsonOption, { printer, terminal }: ProfileContext): void {
  const { home, profile } = chosenProfile({ env: terminal.env, overrides: { profile: options.profile } });
  const profiles = new Profiles({ home: home.value }).list().map(({ name, settings }) => ({
    name,
    isActive: name === profile.value,
    settings: Object.keys(settings).length,
  }));
  if (options.json) {
    printer.json(profiles);
    return;
  }
  const rows = profiles.map(({ name, isActive, settings }) => [isActive ? "*" : "", name, String(settings)]);
  printer.table({ columns: ["", "PROFILE", "SETTINGS"], rows });
}

function inspectProfile(
  name: string | undefined,
  options: GlobalOptions & JsonOption,
  { printer, terminal }: ProfileContext,
): void {
  const chosen = chosenProfile({ env: terminal.env, overrides: { profile: options.profile } });
  const profile = new Profiles({ home: chosen.home.value }).get(name ?? chosen.profile.value);
  const settings = Object.entries(profile.settings).map(
    ([key, value]) => [key, describeProfileValue(key, value)] as const,
  );
  if (options.json) {
    const isActive = profile.name === chosen.profile.value;
    printer.json({ name: profile.name, isActive, settings: Object.fromEntries(settings) });
    return;
  }
  printer.table({
    columns: ["SETTING", "VALUE"],
    rows: settings.map(([key, value]) => [key, describeValue(value)]),
  });
  if (settings.length === 0) printer.hint(`Profile ${profile.name} sets nothing.`);
}
