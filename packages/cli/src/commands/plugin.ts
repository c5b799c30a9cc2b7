/** `sluice plugin …`: the installed packages that extend Sluice. */
import { definitionOf, type InstalledPlugin, installedPlugins, pluginBlocks } from "@sluice/core/blocks";
import { isSluiceError } from "@sluice/protocol";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";

interface LsOptions extends GlobalOptions {
  readonly json?: true;
}

/** A plugin as it is listed. */
interface ListedPlugin {
  readonly name: string;
  readonly version: string | undefined;
  /** Slugs of its block types. */
  readonly blocks: readonly string[];
  /** Why its blocks could not be loaded. */
  readonly problem?: string;
}

/** Defines the command and its sub-commands. */
export function definePlugin(command: Command, terminal: Terminal): void {
  command
    .description(
      'A plugin is a package with "sluice": { "blocks": "." } in its package.json: which of its exports has block types.',
    )
    .addHelpText("after", "\nExamples:\n  sluice plugin ls");
  command
    .command("ls")
    .description(
      "Lists the plugins that the project in this directory has installed, with their block types.",
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice plugin ls --json")
    .action(async (_options, ls: Command) => listPlugins(ls.optsWithGlobals(), terminal));
}

async function listPlugins({ json }: LsOptions, terminal: Terminal): Promise<void> {
  const printer = new Printer(terminal);
  const plugins = await Promise.all((await installedPlugins()).map(listedPlugin));
  if (json) {
    printer.json(plugins);
    return;
  }
  printer.table({
    columns: ["PLUGIN", "VERSION", "BLOCK TYPES"],
    rows: plugins.map(({ name, version, blocks }) => [name, version ?? "", blocks.join(", ")]),
  });
  for (const { problem } of plugins) if (problem !== undefined) printer.warn(problem);
  if (plugins.length === 0)
    printer.hint("No plugins are installed here; npm install one, such as @sluice/storage-s3.");
}

async function listedPlugin(plugin: InstalledPlugin): Promise<ListedPlugin> {
  const { name, version } = plugin;
  try {
    const types = await pluginBlocks(plugin);
    return { name, version, blocks: types.map((type) => definitionOf(type).slug).toSorted() };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { name, version, blocks: [], problem: error.message };
  }
}
