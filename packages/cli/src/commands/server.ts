/** `sluice server …`: the server itself, its services, its database, and who may call it. */
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import type { Terminal } from "../output/terminal.ts";
import { addDatabaseOptions, type DatabaseFlags } from "../serving/database-flags.ts";
import { defineApiKeys } from "../serving/define-api-keys.ts";
import { defineDatabase } from "../serving/define-database.ts";
import { defineSecrets } from "../serving/define-secrets.ts";
import { defineServices } from "../serving/define-services.ts";
import { serveInTerminal } from "../serving/serve-in-terminal.ts";
import { serverSettings } from "../serving/server-settings.ts";

interface StartFlags extends GlobalOptions, DatabaseFlags {
  readonly host?: string;
  readonly port?: number;
  readonly basePath?: string;
  readonly services: boolean;
  readonly accessLog?: true;
  readonly logFormat?: "pretty" | "json";
}

const MAX_PORT = 65_535;

/** Defines the command and its sub-commands. */
export function defineServer(command: Command, terminal: Terminal): void {
  command
    .description(
      "Starts a server that many programs, people and machines share, and looks after its database.",
    )
    .addHelpText("after", "\nExamples:\n  sluice server start\n  sluice server database status");

  addDatabaseOptions(command.command("start"))
    .summary("start a server")
    .description(
      "Starts the server and its background services in this process. Ctrl-C and SIGTERM let it finish the requests under way; a second one ends it at once. Exits with 1 when it cannot start.",
    )
    .option("--host <address>", "address to listen on; setting server.host")
    .option("--port <number>", "port to listen on, 0 for a free one; setting server.port", toPort)
    .option("--base-path <path>", "path below which a proxy gives it everything; setting server.base_path")
    .option("--no-services", "leave the background services to another process")
    .option("--access-log", "write a log line for every request")
    .option("--log-format <format>", "pretty or json; setting logging.format", toFormat)
    .addHelpText(
      "after",
      "\nExamples:\n  sluice server start --port 4201\n" +
        "  SLUICE_DATABASE_URL=postgres://me:secret@db/sluice sluice server start --host 0.0.0.0 --log-format json",
    )
    .action(async (_options, start: Command) => {
      const flags: StartFlags = start.optsWithGlobals();
      const settings = serverSettings(flags, terminal, {
        "server.host": flags.host,
        "server.port": flags.port,
        "server.base_path": flags.basePath,
        "server.access_log": flags.accessLog,
        "server.services": flags.services ? undefined : false,
        "logging.format": flags.logFormat,
      });
      terminal.exitCode = await serveInTerminal(settings, terminal);
    });

  defineServices(command.command("services").summary("run the background services alone"), terminal);
  defineDatabase(command.command("database").summary("look after the schema of the database"), terminal);
  defineSecrets(command.command("secrets").summary("look after the keys of secrets"), terminal);
  defineApiKeys(command.command("api-key").summary("make, list and revoke keys of clients"), terminal);
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Use a whole number from 0 to ${MAX_PORT}.`);
}

function toFormat(text: string): "pretty" | "json" {
  if (text === "pretty" || text === "json") return text;
  throw new InvalidArgumentError("Use pretty or json.");
}
