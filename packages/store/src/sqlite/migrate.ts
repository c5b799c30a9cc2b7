/** Brings a file to the schema of this version of Sluice; safe when several processes start at once. */
import { HistoryUnavailableError } from "@sluice/protocol";
import { newerSchemaError, stepsBetween } from "../schema/migration.ts";
import { MIGRATIONS } from "./migrations.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";

/** Marks the file as Sluice's (`PRAGMA application_id`): the letters "Slce". */
const APPLICATION_ID = 0x53_6c_63_65;

/**
 * The version of the file's schema; 0 for a new file. Changes nothing, so that it can be asked of any file.
 * @throws {HistoryUnavailableError} when the file belongs to a newer Sluice or to another program.
 */
export function schemaVersion(connection: SqliteConnection, path: string): Promise<number> {
  return connection.transaction("DEFERRED", () => readVersion(connection, path));
}

/** Brings the schema up or down to `target`, all of the way or not at all. */
export function migrate(connection: SqliteConnection, path: string, target: number): Promise<void> {
  return connection.transaction("IMMEDIATE", async () => {
    // Another process may have been faster.
    const version = await readVersion(connection, path);
    if (version === target) return;
    for (const sql of stepsBetween(MIGRATIONS, version, target)) await connection.execute(sql);
    await connection.pragma(`application_id = ${target === 0 ? 0 : APPLICATION_ID}`);
    await connection.pragma(`user_version = ${target}`);
  });
}

async function readVersion(connection: SqliteConnection, path: string): Promise<number> {
  const applicationId = await connection.pragma("application_id");
  const version = Number(await connection.pragma("user_version"));
  const tables = await connection.all("SELECT name FROM sqlite_master LIMIT 1", []);
  const isNew = applicationId === 0 && version === 0 && tables.length === 0;
  if (applicationId !== APPLICATION_ID && !isNew) {
    throw new HistoryUnavailableError(
      `${path} is the SQLite database of another program, so it cannot hold Sluice's history. Choose another path.`,
      { details: { path } },
    );
  }
  if (version > MIGRATIONS.length) {
    throw newerSchemaError(path, version, MIGRATIONS.length);
  }
  return version;
}
