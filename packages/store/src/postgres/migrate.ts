/** Brings a database to a version of the schema; safe when several replicas start at once. */
import { HistoryUnavailableError } from "@sluice/protocol";
import type { ClientBase } from "pg";
import { newerSchemaError, stepsBetween } from "../schema/migration.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Names the lock that those who change a schema wait for: the letters "Slce". */
const ADVISORY_LOCK = 0x53_6c_63_65;

/** Holds the version in one row, and marks the schema as Sluice's. */
const VERSION_TABLE = "sluice_schema";

/**
 * The version of the schema; 0 when there is none yet.
 * @throws {HistoryUnavailableError} when the tables are another program's, or a newer Sluice's.
 */
export async function schemaVersion(client: ClientBase, location: string): Promise<number> {
  const version = await readVersion(client, location);
  if (version > MIGRATIONS.length) throw newerSchemaError(location, version, MIGRATIONS.length);
  return version;
}

/** Brings the schema up or down to `target`, all of the way or not at all. */
export async function migrate(client: ClientBase, location: string, target: number): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`);
    // Another replica may have been faster.
    const version = await schemaVersion(client, location);
    for (const sql of stepsBetween(MIGRATIONS, version, target)) await client.query(sql);
    if (version !== target) await writeVersion(client, target);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function readVersion(client: ClientBase, location: string): Promise<number> {
  if (await hasTable(client, VERSION_TABLE)) {
    const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${VERSION_TABLE}`);
    return rows[0]?.version ?? 0;
  }
  if (!(await hasTable(client, "flow"))) return 0;
  throw new HistoryUnavailableError(
    `${location} has a table "flow" of another program, so it cannot hold Sluice's history. Use a database, or a ` +
      "schema by `?options=-c search_path=<schema>`, of its own.",
    { details: { location } },
  );
}

async function hasTable(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [name]);
  return rows.length === 1;
}

async function writeVersion(client: ClientBase, version: number): Promise<void> {
  await client.query(`DROP TABLE IF EXISTS ${VERSION_TABLE}`);
  if (version > 0)
    await client.query(`CREATE TABLE ${VERSION_TABLE} AS SELECT ${version}::integer AS version`);
}
