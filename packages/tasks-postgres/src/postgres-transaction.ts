/** Several statements that take effect together. */
import {
  type Input,
  NO_CACHE,
  type State,
  type Task,
  type TaskFuture,
  type TaskOptions,
  task,
} from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { type Credentials, type HeldConnection, withConnection } from "./postgres-pool.ts";
import { runStatement } from "./run-statement.ts";
import type { Statement } from "./statement.ts";
import {
  type QueryOptions,
  rowCountOf,
  rowsOf,
  type StatementOptions,
  signalOfRun,
} from "./statement-options.ts";

export interface TransactionOptions extends StatementOptions {
  /** Default: as the database is set, mostly "read committed". */
  readonly isolation?: "read committed" | "repeatable read" | "serializable" | undefined;
  /** Has the server refuse whatever writes. Default false. */
  readonly readOnly?: boolean | undefined;
}

/** What the function of a transaction does its work with. */
export interface PostgresTransaction {
  query<Row>(statement: Statement<Row>, options?: QueryOptions): Promise<readonly Row[]>;
  /** Gives how many rows the statement changed. */
  execute(statement: Statement<unknown>): Promise<number>;
}

type Work<T> = (transaction: PostgresTransaction) => Promise<T>;

/** A task whose result is that of the function it is given. */
export interface TransactionTask
  extends Omit<
    Task<[Credentials, Work<unknown>, TransactionOptions?], unknown>,
    "submit" | "map" | "returnState" | "withOptions"
  > {
  <T>(credentials: Input<Credentials>, work: Work<T>, options?: TransactionOptions): Promise<T>;
  submit<T>(credentials: Input<Credentials>, work: Work<T>, options?: TransactionOptions): TaskFuture<T>;
  returnState<T>(
    credentials: Input<Credentials>,
    work: Work<T>,
    options?: TransactionOptions,
  ): Promise<State<T>>;
  withOptions(options: TaskOptions<[Credentials, Work<unknown>, TransactionOptions?]>): TransactionTask;
}

/**
 * Calls a function in a transaction, which is committed when the function has ended, and undone when it throws, or when the
 * run is cancelled. What it does elsewhere is not undone. With `retries` the whole of it is done again.
 *
 * ```ts
 * await transactPostgres("shop", async (transaction) => {
 *   const [order] = await transaction.query(sql.typed(id)`insert into orders … returning id`);
 *   await transaction.execute(sql`insert into lines (order_id) values (${order?.id})`);
 * });
 * ```
 */
export const transactPostgres: TransactionTask = task(
  { name: "transact-postgres", cachePolicy: NO_CACHE },
  (credentials: Credentials, work: Work<unknown>, options: TransactionOptions = {}): Promise<unknown> =>
    withConnection(credentials, signalOfRun(), (held) =>
      inTransaction(held, options, () =>
        work({
          query: (statement, queryOptions) => rowsOf(held, statement, { ...options, ...queryOptions }),
          execute: (statement) => rowCountOf(held, statement, options),
        }),
      ),
    ),
) as unknown as TransactionTask;

/** A connection whose transaction could not be undone is not used again; the server undoes it then. */
export async function inTransaction<T>(
  held: HeldConnection,
  options: TransactionOptions,
  work: () => Promise<T>,
): Promise<T> {
  const signal = signalOfRun();
  const run = (text: string): Promise<number> => runStatement(held, { text }, { signal });
  await run(beginText(options));
  try {
    const value = await work();
    await run("commit");
    return value;
  } catch (error) {
    await run("rollback").catch(() => held.discard());
    throw error;
  }
}

const ISOLATIONS: readonly string[] = ["read committed", "repeatable read", "serializable"];

function beginText({ isolation, readOnly = false }: TransactionOptions): string {
  if (isolation !== undefined && !ISOLATIONS.includes(isolation)) {
    throw new InvalidRequestError(
      `The isolation of a transaction is "${isolation}", but must be one of: ${ISOLATIONS.join(", ")}.`,
    );
  }
  return `begin${isolation === undefined ? "" : ` isolation level ${isolation}`}${readOnly ? " read only" : ""}`;
}
