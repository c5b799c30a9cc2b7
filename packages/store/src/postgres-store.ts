/** History in a PostgreSQL database. */
import type { Store } from "@sluice/orchestration";
import { InvalidRequestError } from "@sluice/protocol";
import { ClosableDatabase } from "./closable-database.ts";
import { locationOf } from "./postgres/connection-url.ts";
import { openPool } from "./postgres/open-pool.ts";
import { PostgresDatabase } from "./postgres/postgres-database.ts";
import { toHistoryError } from "./postgres/postgres-fault.ts";
import { SqlStore } from "./sql-store.ts";

const DEFAULT_MAX_CONNECTIONS = 10;
const DEFAULT_TIMEOUT_SECONDS = 60;

export interface PostgresStoreOptions {
  /** `postgres://<user>:<password>@<host>:<port>/<database>`. */
  readonly url: string;
  /** How many connections this process has at most; default 10. All processes together must fit the server's `max_connections`. */
  readonly maxConnections?: number | undefined;
  /** How long a statement may take, locks included, and how long a transaction may do nothing; default 60. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Opens the history in a PostgreSQL database and brings its schema up to date. Many processes may use one database. A
 * database that goes away fails the calls of that time; later ones connect again.
 * @throws {HistoryUnavailableError} when the database cannot be used; it says why and what to do.
 */
export async function postgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, maxConnections = DEFAULT_MAX_CONNECTIONS, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const location = locationOf(url);
  if (!(Number.isInteger(maxConnections) && maxConnections > 0)) {
    throw new InvalidRequestError(`maxConnections is ${maxConnections}; it must be a whole number above 0.`);
  }
  if (!(timeoutSeconds > 0)) {
    throw new InvalidRequestError(`timeoutSeconds is ${timeoutSeconds}; it must be above 0.`);
  }
  try {
    const pool = await openPool({ url, maxConnections, timeoutSeconds }, location);
    return new SqlStore(new ClosableDatabase(new PostgresDatabase(pool, location)));
  } catch (error) {
    throw toHistoryError(error, location);
  }
}
