/** Connects to a database and brings its schema up to date. */
import { HistoryUnavailableError } from "@sluice/protocol";
import type { Client, ClientConfig, Pool } from "pg";
import { decoderOf } from "./column-texts.ts";
import { describingOnce } from "./describing-once.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";

/** How long a new connection, or a free one, is waited for. */
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_CONNECTION_MS = 60_000;
/** The server ends a statement first, so that the driver, which can only drop the connection, rarely has to. */
const DRIVER_GRACE_MS = 5_000;

export interface PoolOptions {
  readonly url: string;
  readonly maxConnections: number;
  readonly timeoutSeconds: number;
}

type Driver = Pick<typeof import("pg"), "Client" | "Pool" | "Query">;

/** A pool of connections to a database whose schema is this version's. */
export async function openPool(options: PoolOptions, location: string): Promise<Pool> {
  await withClient(options.url, async (client) => {
    // Nothing waits for the lock where there is nothing to do.
    if ((await schemaVersion(client, location)) === MIGRATIONS.length) return;
    await migrate(client, location, MIGRATIONS.length);
  });
  const driver = await loadDriver();
  const timeoutMs = options.timeoutSeconds * 1000;
  const pool = new driver.Pool({
    ...clientConfig(options.url),
    Client: describingOnce(driver),
    max: options.maxConnections,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + DRIVER_GRACE_MS,
    idle_in_transaction_session_timeout: timeoutMs,
    pipeline: true,
  });
  // A lost connection tells itself here too; whoever uses it learns by the failure of the call, and the next gets another.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    // Compiling a query took 4.0 of the 4.1 s of a history of 80,000 runs. What fails here fails the call that comes next too.
    client.query("SET jit = off").catch(() => undefined);
  });
  return pool;
}

/** Runs `work` on a connection of its own, whose statements may take as long as they need. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A connection outside of any pool. Its loss is told by its event `end`, and by the failure of what it is asked. */
export async function connect(url: string, config: ClientConfig = {}): Promise<Client> {
  const { Client } = await loadDriver();
  const client = new Client({ ...clientConfig(url), ...config });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

function clientConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "sluice",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: (typeId: number) => decoderOf(typeId) as never },
  };
}

async function loadDriver(): Promise<Driver> {
  try {
    return (await import("pg")).default;
  } catch (error) {
    throw new HistoryUnavailableError(
      "The PostgreSQL driver (npm package pg) is not installed. Install @sluice/store again.",
      { cause: error },
    );
  }
}
