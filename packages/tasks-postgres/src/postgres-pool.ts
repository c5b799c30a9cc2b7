/** Connections that the tasks of a flow run have in common. */
import { FlowRunShare, findRunContext, runLogger, withTimeLimit } from "@sluice/core";
import { DatabaseCredentials, type PostgresConnection } from "@sluice/credentials-database";
import type { ClientConfig, Pool, PoolClient } from "pg";
import { plainTypes } from "./plain-types.ts";

/** A block, or the name of a saved one. */
export type Credentials = DatabaseCredentials | string;

const IDLE_TIMEOUT_MS = 10_000;
/** Code that did not end with its run may still hold a connection. */
const CLOSE_TIMEOUT_MS = 15_000;
/** Longer names are cut by PostgreSQL with a notice. */
const MAX_APPLICATION_NAME = 63;

/** A pool, and whose it is. */
interface OpenPool {
  readonly pool: Pool;
  readonly credentials: DatabaseCredentials;
  readonly connection: PostgresConnection;
}

/** A connection of the pool, for one piece of work. */
export interface HeldConnection {
  readonly client: PoolClient;
  /** How it was made. */
  readonly connection: PostgresConnection;
  /** Has the connection closed rather than used again. */
  discard(): void;
}

const pools = new FlowRunShare<Credentials, OpenPool>({
  open: openPool,
  close: ({ pool }) => withTimeLimit(CLOSE_TIMEOUT_MS, {}, () => pool.end()),
});

/**
 * Gives a connection to `work`, when there is one: a flow run has `maxConnections` of them at most.
 *
 * @throws {DatabaseError} or {DatabaseCredentialsError} saying what went wrong and what to do
 * @throws the signal's reason when it aborts
 */
export function withConnection<T>(
  credentials: Credentials,
  signal: AbortSignal | undefined,
  work: (held: HeldConnection) => Promise<T>,
): Promise<T> {
  return pools.use(credentials, async ({ pool, credentials: block, connection }) => {
    let isDiscarded = false;
    try {
      const client = await acquire(pool, signal);
      // A connection that breaks also says so by itself, when nobody asks anything of it.
      client.on("error", ignoreSecondNews);
      try {
        return await work({
          client,
          connection,
          discard: () => {
            isDiscarded = true;
          },
        });
      } catch (error) {
        isDiscarded ||= endsConnection(error);
        throw error;
      } finally {
        client.off("error", ignoreSecondNews);
        client.release(isDiscarded);
      }
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : block.explain(error, connection);
    }
  });
}

/** The server says why it closes a connection before it does; the driver takes it for usable until then. */
function endsConnection(error: unknown): boolean {
  const severity = error instanceof Error && "severity" in error ? error.severity : undefined;
  return severity === "FATAL" || severity === "PANIC";
}

/** What broke the connection was also said to whoever waits for an answer. */
function ignoreSecondNews(): void {}

async function openPool(given: Credentials): Promise<OpenPool> {
  const credentials = typeof given === "string" ? await DatabaseCredentials.load(given) : given;
  const connection = await credentials.postgresConnection();
  const { Client, Pool, types } = await import("pg");
  const config = {
    application_name: applicationName(),
    ...connection,
    types: plainTypes(types),
    keepAlive: true,
  };
  /** Connecting has a time limit. Waiting for a turn, which a pool limits by the same option, has only that of the task. */
  class PooledClient extends Client {
    constructor() {
      super(config as ClientConfig);
    }
  }
  const pool = new Pool({
    max: credentials.maxConnections,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    allowExitOnIdle: true,
    Client: PooledClient,
  });
  const logger = findRunContext() === undefined ? undefined : runLogger();
  pool.on("error", (error) => logger?.debug("An idle connection to PostgreSQL was lost", { error }));
  return { pool, credentials, connection };
}

/** What those who look after the database see of the connection. */
function applicationName(): string {
  const name = findRunContext()?.flowRun?.name;
  return (name === undefined ? "sluice" : `sluice ${name}`).slice(0, MAX_APPLICATION_NAME);
}

async function acquire(pool: Pool, signal: AbortSignal | undefined): Promise<PoolClient> {
  signal?.throwIfAborted();
  const turn = pool.connect();
  if (signal === undefined) return turn;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
      // Whoever comes next can have it.
      turn.then(
        (client) => client.release(),
        () => undefined,
      );
    };
    signal.addEventListener("abort", onAbort, { once: true });
    turn.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
