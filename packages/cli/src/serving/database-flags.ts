/** Flags of commands that work with the server's database. */
import { type Command, Option } from "commander";

export interface DatabaseFlags {
  readonly databaseUrl?: string;
  readonly databasePath?: string;
}

/** Adds `--database-url` and `--database-path`. */
export function addDatabaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--database-url <url>",
        "PostgreSQL database; better SLUICE_DATABASE_URL, which nobody else sees",
      ),
    )
    .addOption(
      new Option("--database-path <file>", "SQLite file; setting history.database_path").conflicts(
        "databaseUrl",
      ),
    );
}
