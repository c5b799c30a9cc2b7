/** `sluice server services …`: the background services in a process of their own. */
import { InvalidRequestError } from "@sluice/protocol";
import { isShared, startServices } from "@sluice/server";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import type { Terminal } from "../output/terminal.ts";
import { addDatabaseOptions, type DatabaseFlags } from "./database-flags.ts";
import { logTo, serverLogger } from "./server-logger.ts";
import { databaseOf, retentionOf, serverSettings } from "./server-settings.ts";
import { withStopSignal } from "./with-stop-signal.ts";

/** Defines the sub-commands. */
export function defineServices(command: Command, terminal: Terminal): void {
  command
    .description(
      "The services make scheduled runs, mark late ones, end abandoned ones and delete what is old. They run in every server unless it is started with --no-services.",
    )
    .addHelpText("after", "\nExamples:\n  sluice server services start");

  addDatabaseOptions(command.command("start"))
    .description(
      "Runs the services in this process, without HTTP, on a PostgreSQL database. Several processes may. Ctrl-C and SIGTERM end it when the steps under way are done.",
    )
    .action((_options, start: Command) => runServices(start.optsWithGlobals(), terminal));
}

async function runServices(flags: GlobalOptions & DatabaseFlags, terminal: Terminal): Promise<void> {
  const settings = serverSettings(flags, terminal);
  const database = databaseOf(settings);
  if (!isShared(database)) {
    throw new InvalidRequestError(
      "The services of a SQLite file run in its server. Start that without --no-services, or use PostgreSQL (SLUICE_DATABASE_URL).",
    );
  }
  const logger = serverLogger(settings);
  await withStopSignal(async (stopped) => {
    const log = logTo(logger);
    const services = await startServices({ ...database, retention: retentionOf(settings), log });
    logger.info("Services started", { database: services.location });
    logger.info("Services stop", { signal: await stopped });
    await services.close();
    logger.info("Services stopped");
  });
}
