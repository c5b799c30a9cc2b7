/** The schema of a PostgreSQL database. */
import type { Client } from "pg";
import type { DatabaseSchema, SchemaStatus } from "../schema/database-schema.ts";
import { schemaStatus } from "../schema/migration.ts";
import { locationOf } from "./connection-url.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { withClient } from "./open-pool.ts";
import { toHistoryError } from "./postgres-fault.ts";

export function postgresSchema(url: string): DatabaseSchema {
  const location = locationOf(url);
  const status = async (client: Client): Promise<SchemaStatus> =>
    schemaStatus(MIGRATIONS, location, await schemaVersion(client, location));
  const withFaults = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    try {
      return await withClient(url, work);
    } catch (error) {
      throw toHistoryError(error, location);
    }
  };
  return {
    status: () => withFaults(status),
    migrate: (version) =>
      withFaults(async (client) => {
        await migrate(client, location, version);
        return status(client);
      }),
  };
}
