/** `sluice server api-key …`: who may call the server. */
import { ApiKeys, openStore } from "@sluice/server";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";
import { addDatabaseOptions, type DatabaseFlags } from "./database-flags.ts";
import { databaseOf, serverSettings } from "./server-settings.ts";

interface KeyFlags extends GlobalOptions, DatabaseFlags {
  readonly json?: true;
}

/** Defines the sub-commands; they work on the database, so that they need neither a server nor a key. */
export function defineApiKeys(command: Command, terminal: Terminal): void {
  const printer = new Printer(terminal);
  command
    .description(
      "A server with keys asks every client for one. Clients have it as api.key (SLUICE_API_KEY, PREFECT_API_KEY). A running server takes up to 5 seconds to notice changes.",
    )
    .addHelpText("after", "\nExamples:\n  sluice server api-key create ci");

  withOptions(command.command("create"))
    .description("Makes a key and prints it. It cannot be shown again: the database has only a digest of it.")
    .argument("<name>", "what the key is for")
    .action(async (name: string, _options, create: Command) => {
      const flags: KeyFlags = create.optsWithGlobals();
      const key = await withKeys(flags, terminal, (keys) => keys.create(name));
      if (flags.json) printer.json({ name, key });
      else printer.line(key);
      printer.hint("Keep it: it cannot be shown again. Clients have it as SLUICE_API_KEY.");
    });

  withOptions(command.command("ls"))
    .description("Lists keys by name, without the keys themselves.")
    .action(async (_options, ls: Command) => {
      const flags: KeyFlags = ls.optsWithGlobals();
      const keys = await withKeys(flags, terminal, (apiKeys) => apiKeys.list());
      const shown = keys.map(({ name, created }) => ({ name, created }));
      if (flags.json) printer.json(shown);
      else
        printer.table({
          columns: ["NAME", "CREATED"],
          rows: shown.map(({ name, created }) => [name, created]),
        });
    });

  withOptions(command.command("revoke"))
    .description("Revokes a key: whoever has it can no longer call the server.")
    .argument("<name>", "the key's name")
    .action(async (name: string, _options, revoke: Command) => {
      const flags: KeyFlags = revoke.optsWithGlobals();
      await withKeys(flags, terminal, (keys) => keys.revoke(name));
      if (flags.json) printer.json({ revoked: name });
      else printer.line(`Revoked ${name}.`);
    });
}

function withOptions(command: Command): Command {
  return addDatabaseOptions(command).option("--json", "print JSON");
}

async function withKeys<T>(
  flags: KeyFlags,
  terminal: Terminal,
  work: (keys: ApiKeys) => Promise<T>,
): Promise<T> {
  const store = await openStore(databaseOf(serverSettings(flags, terminal)));
  try {
    return await work(new ApiKeys(store));
  } finally {
    await store.close();
  }
}
