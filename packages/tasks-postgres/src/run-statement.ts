/** One statement on one connection, until it ends or is stopped. */
import { InvalidRequestError } from "@sluice/protocol";
import type { Client, PoolClient, QueryConfig, Submittable } from "pg";
import { cancelStatement } from "./cancel-statement.ts";
import type { HeldConnection } from "./postgres-pool.ts";

/** How long a statement may take to end after the server was asked to stop it. */
const STOP_GRACE_MS = 5000;
/** PostgreSQL has 31 bits for it. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The time limit that each connection has been told, in milliseconds. */
const timeLimits = new WeakMap<PoolClient, number>();

export interface StatementRun {
  readonly signal?: AbortSignal | undefined;
  /** Called for each row, as they come; what it throws stops the statement. */
  readonly onRow?: ((row: Record<string, unknown>) => void) | undefined;
}

/**
 * The number of rows that the statement changed or gave.
 *
 * @throws the driver's error; the signal's reason when it aborted, after the server has stopped the statement
 */
export async function runStatement(
  held: HeldConnection,
  statement: Pick<QueryConfig, "text" | "name"> & { readonly values?: readonly unknown[] },
  { signal, onRow }: StatementRun = {},
): Promise<number> {
  const { Query } = await import("pg");
  const { values = [], ...text } = statement;
  const query = new Query({ ...text, values: [...values] as never });
  return stoppable(held, signal, (stop) => {
    const ended = new Promise<number>((resolve, reject) => {
      let isWanted = true;
      query.on("row", (row: Record<string, unknown>) => {
        if (!isWanted) return;
        try {
          onRow?.(row);
        } catch (error) {
          isWanted = false;
          stop(error);
        }
      });
      query.on("end", ({ rowCount }) => resolve(rowCount ?? 0));
      query.on("error", reject);
    });
    held.client.query(query as Submittable);
    return ended;
  });
}

/**
 * Work on a connection that the server is told to stop when the signal aborts, or when `stop` is called. The connection is
 * not used again then, so that the request, if it comes late, stops nothing else.
 */
export async function stoppable<T>(
  held: HeldConnection,
  signal: AbortSignal | undefined,
  work: (stop: (reason: unknown) => void) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const stopping = new AbortController();
  const onAbort = (): void => stopping.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const ended = work((reason) => stopping.abort(reason));
  stopping.signal.addEventListener("abort", () => {
    held.discard();
    void endOnServer(held, ended);
  });
  try {
    const value = await ended;
    stopping.signal.throwIfAborted();
    return value;
  } catch (error) {
    throw stopping.signal.aborted ? stopping.signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Asks the server, and breaks the connection where that does not help: work on it has ended in either case. */
async function endOnServer({ client, connection }: HeldConnection, ended: Promise<unknown>): Promise<void> {
  const breaking = setTimeout(() => breakConnection(client), STOP_GRACE_MS);
  const settled = ended.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([settled, cancelStatement(client, connection).catch(() => breakConnection(client))]);
  await settled;
  clearTimeout(breaking);
}

function breakConnection(client: PoolClient): void {
  (client as unknown as Client).connection.stream.destroy();
}

/**
 * Has the server stop statements of the connection that take longer than `timeoutSeconds`; `undefined` is its own default.
 */
export async function limitStatements(client: PoolClient, timeoutSeconds: number | undefined): Promise<void> {
  const ms = timeoutSeconds === undefined ? undefined : checkedMs(timeoutSeconds);
  if (timeLimits.get(client) === ms) return;
  timeLimits.delete(client);
  if (ms === undefined) {
    await client.query("reset statement_timeout");
  } else {
    await client.query("select set_config('statement_timeout', $1, false)", [String(ms)]);
    timeLimits.set(client, ms);
  }
}

function checkedMs(timeoutSeconds: number): number {
  const ms = Math.ceil(timeoutSeconds * 1000);
  if (ms > 0 && ms <= MAX_TIMEOUT_MS) return ms;
  throw new InvalidRequestError(
    `statementTimeoutSeconds is ${timeoutSeconds}, but must be a number of seconds above 0, ${MAX_TIMEOUT_MS / 1000} at most.`,
  );
}
