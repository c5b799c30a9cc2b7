/** The schema of a SQLite file. */
import type { DatabaseSchema, SchemaStatus } from "../schema/database-schema.ts";
import { schemaStatus } from "../schema/migration.ts";
import { prepareDirectory } from "./history-directory.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openForSchema } from "./open-connection.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { toHistoryError } from "./sqlite-fault.ts";

/** How long others may hold the file without a gap. */
const BUSY_TIMEOUT_SECONDS = 60;

export function sqliteSchema(path: string): DatabaseSchema {
  const status = async (connection: SqliteConnection): Promise<SchemaStatus> =>
    schemaStatus(MIGRATIONS, path, await schemaVersion(connection, path));
  const withConnection = async <T>(work: (connection: SqliteConnection) => Promise<T>): Promise<T> => {
    await prepareDirectory(path);
    try {
      const connection = await openForSchema({ path, busyTimeoutSeconds: BUSY_TIMEOUT_SECONDS });
      try {
        return await work(connection);
      } finally {
        connection.close();
      }
    } catch (error) {
      throw toHistoryError(error, path);
    }
  };
  return {
    status: () => withConnection(status),
    migrate: (version) =>
      withConnection(async (connection) => {
        await migrate(connection, path, version);
        return status(connection);
      }),
  };
}
