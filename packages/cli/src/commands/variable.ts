/** `sluice variable …`: named values that deployments and flows read. */
import { isSluiceError, type OrchestrationApi, type Variable } from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { getNamed } from "../history/only-one.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { collect } from "../options/collect-option.ts";
import { jsonText } from "../output/json-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { timeText } from "../output/time-text.ts";
import { jsonOrText } from "../running/given-parameters.ts";

const DEFAULT_LIMIT = 200;
const NAME = ["<name>", "name of the variable: lower-case letters, digits, dashes and underscores"] as const;

interface SetOptions extends JsonOptions {
  readonly tag?: readonly string[];
  readonly overwrite?: true;
  readonly text?: true;
}

/** Defines the command and its sub-commands. */
export function defineVariable(command: Command, terminal: Terminal): void {
  command
    .description(
      "A variable is a named value: any JSON. Everybody who reads the history can read it; secrets are blocks.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice variable set region eu-west-1\n  sluice variable set limits '{\"rows\": 500}' --overwrite\n" +
        "  sluice variable get region",
    );
  defineSet(command, terminal);
  defineReading(command, terminal);
  defineUnset(command, terminal);
}

function defineSet(command: Command, terminal: Terminal): void {
  command
    .command("set")
    .description("Sets a variable. The value is JSON if it can be, else text.")
    .argument(...NAME)
    .argument("<value>", "its value")
    .option("--text", "keep the value as the text it is")
    .option("-t, --tag <tag>", "a tag; repeatable", collect)
    .option("--overwrite", "replace a variable of this name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice variable set region eu-west-1 --overwrite")
    .action(async (name: string, text: string, _options, set: Command) => {
      const options: SetOptions = set.optsWithGlobals();
      await withHistory(options, terminal, (context) => setVariable({ name, text }, options, context));
    });
}

async function setVariable(
  { name, text }: { readonly name: string; readonly text: string },
  { tag, overwrite, text: isText, json }: SetOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const members = { value: isText ? text : jsonOrText(text), ...(tag && { tags: [...tag] }) };
  const known = overwrite ? await findVariable(api, name) : undefined;
  if (known === undefined) await api.variables.create({ name, ...members });
  else await api.variables.updateByName(name, members);
  if (json) printer.json(await api.variables.getByName(name));
  else printer.line(`${known === undefined ? "Set" : "Replaced"} ${name}.`);
}

function defineReading(command: Command, terminal: Terminal): void {
  command
    .command("get")
    .description("Prints the value of a variable: text as it is, anything else as JSON.")
    .argument(...NAME)
    .action(async (name: string, _options, get: Command) => {
      await withHistory(get.optsWithGlobals(), terminal, async ({ api, printer }) => {
        const { value } = await getVariable(api, name);
        printer.line(typeof value === "string" ? value : jsonText(value));
      });
    });

  command
    .command("inspect")
    .description("Shows a variable as JSON, with its tags and times.")
    .argument(...NAME)
    .option("--json", "print JSON, as it does anyhow")
    .action(async (name: string, _options, inspect: Command) => {
      await withHistory(inspect.optsWithGlobals(), terminal, async ({ api, printer }) =>
        printer.json(await getVariable(api, name)),
      );
    });

  command
    .command("ls")
    .description("Lists variables by name.")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .action(async (_options, ls: Command) => {
      const options: JsonOptions & { readonly limit: number } = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listVariables(options, context));
    });
}

async function listVariables(
  { limit, json }: JsonOptions & { readonly limit: number },
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const variables = await listUpTo(limit, (range) => api.variables.filter({ sort: "NAME_ASC", ...range }));
  if (json) {
    printer.json(variables);
    return;
  }
  const format = { now: new Date(), isTerminal: terminal.stdout.isTTY === true };
  printer.table({
    columns: ["NAME", "VALUE", "TAGS", "CHANGED"],
    rows: variables.map(({ name, value, tags, updated }) => [
      name,
      shortened(typeof value === "string" ? value : jsonText(value)),
      tags.join(", "),
      timeText(updated, format),
    ]),
  });
  if (variables.length === 0) printer.hint(`There are no variables in ${api.location}.`);
}

function defineUnset(command: Command, terminal: Terminal): void {
  command
    .command("unset")
    .alias("delete")
    .description("Deletes a variable.")
    .argument(...NAME)
    .option("--json", "print JSON")
    .action(async (name: string, _options, unset: Command) => {
      const options: JsonOptions = unset.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const variable = await getVariable(api, name);
        await api.variables.deleteByName(name);
        if (options.json) printer.json(variable);
        else printer.line(`Deleted ${name}.`);
      });
    });
}

function getVariable(api: OrchestrationApi, name: string): Promise<Variable> {
  return getNamed(
    {
      noun: "variable",
      name,
      similar: async () => (await api.variables.filter({})).map((variable) => variable.name),
      list: "sluice variable ls",
    },
    () => api.variables.getByName(name),
  );
}

async function findVariable(api: OrchestrationApi, name: string): Promise<Variable | undefined> {
  try {
    return await api.variables.getByName(name);
  } catch (error) {
    if (isSluiceError(error, "OBJECT_NOT_FOUND")) return undefined;
    throw error;
  }
}

const MAX_SHOWN = 60;

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
