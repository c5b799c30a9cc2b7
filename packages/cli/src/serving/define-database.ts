/** `sluice server database …`: the schema of the server's database. */
import { InvalidRequestError } from "@sluice/protocol";
import { databaseLocation } from "@sluice/server";
import {
  type DatabaseLocation,
  databaseSchema,
  downgradeDatabase,
  resetDatabase,
  type SchemaStatus,
  upgradeDatabase,
} from "@sluice/store";
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";
import { addDatabaseOptions, type DatabaseFlags } from "./database-flags.ts";
import { databaseOf, serverSettings } from "./server-settings.ts";

interface SchemaFlags extends GlobalOptions, DatabaseFlags {
  readonly json?: true;
  readonly yes?: true;
  readonly to?: number;
}

type SchemaWork = (location: DatabaseLocation, flags: SchemaFlags) => Promise<SchemaStatus>;

/** Defines the sub-commands. */
export function defineDatabase(command: Command, terminal: Terminal): void {
  const define = (name: string, description: string, work: SchemaWork): Command =>
    addDatabaseOptions(command.command(name))
      .description(description)
      .option("--json", "print JSON")
      .action(async (_options, schema: Command) => {
        const flags: SchemaFlags = schema.optsWithGlobals();
        const location = databaseLocation(databaseOf(serverSettings(flags, terminal)));
        show(await work(location, flags), flags, terminal);
      });

  command
    .description(
      "Servers bring the schema up to date when they start. These commands do it alone, and undo it. Stop all servers before going down.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice server database status\n  sluice server database downgrade --to 3 --yes",
    );
  define("status", "Shows which steps of the schema are done. Changes nothing.", (location) =>
    databaseSchema(location).status(),
  );
  define("upgrade", "Brings the schema to that of this Sluice.", upgradeDatabase);
  define(
    "downgrade",
    "Undoes the newest step, or all above --to. What only the newer schema can hold is deleted.",
    (location, flags) => {
      requireYes(flags, "Going down deletes what only the newer schema can hold.");
      return downgradeDatabase(location, flags.to);
    },
  )
    .option("--to <version>", "version to go down to; 0 is an empty database", toVersion)
    .option("--yes", "do it");
  define("reset", "Deletes everything in the database and makes it anew.", (location, flags) => {
    requireYes(flags, "A reset deletes every flow, run and log line in the database.");
    return resetDatabase(location);
  }).option("--yes", "do it");
}

function show(status: SchemaStatus, { json }: SchemaFlags, terminal: Terminal): void {
  const printer = new Printer(terminal);
  if (json) {
    printer.json(status);
    return;
  }
  printer.line(`${status.location}: schema ${status.version} of ${status.steps.length}`);
  printer.table({
    columns: ["VERSION", "STEP", "DONE"],
    rows: status.steps.map(({ version, name, isDone }) => [String(version), name, isDone ? "yes" : "no"]),
  });
}

function requireYes({ yes }: SchemaFlags, consequence: string): void {
  if (yes) return;
  throw new InvalidRequestError(`${consequence} Add --yes if that is what you want.`);
}

function toVersion(text: string): number {
  if (/^\d{1,6}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number from 0.");
}
