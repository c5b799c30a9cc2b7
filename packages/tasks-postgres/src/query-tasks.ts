/** Statements as tasks. Nothing is cached: a database changes. */
import { createHash } from "node:crypto";
import {
  type Input,
  type MapArguments,
  NO_CACHE,
  type State,
  type Task,
  type TaskFuture,
  type TaskFutureList,
  type TaskOptions,
  task,
} from "@sluice/core";
import { type Credentials, withConnection } from "./postgres-pool.ts";
import { inTransaction, type TransactionOptions } from "./postgres-transaction.ts";
import type { Statement, UnknownRow } from "./statement.ts";
import {
  type QueryOptions,
  rowCountOf,
  rowsOf,
  type StatementOptions,
  signalOfRun,
} from "./statement-options.ts";

type QueryArguments<Row> = [credentials: Credentials, statement: Statement<Row>, options?: QueryOptions];

type QueryInputs<Row> = [
  credentials: Input<Credentials>,
  statement: Input<Statement<Row>>,
  options?: Input<QueryOptions>,
];

/** A task whose result has the type of the rows of its statement. */
export interface QueryTask
  extends Omit<
    Task<QueryArguments<UnknownRow>, readonly UnknownRow[]>,
    "submit" | "map" | "returnState" | "withOptions"
  > {
  <Row>(...args: QueryInputs<Row>): Promise<readonly Row[]>;
  submit<Row>(...args: QueryInputs<Row>): TaskFuture<readonly Row[]>;
  map<Row>(...args: MapArguments<QueryArguments<Row>>): TaskFutureList<readonly Row[]>;
  returnState<Row>(...args: QueryInputs<Row>): Promise<State<readonly Row[]>>;
  withOptions(options: TaskOptions<QueryArguments<UnknownRow>>): QueryTask;
}

/**
 * The rows that a statement gives.
 *
 * ```ts
 * const orders = await queryPostgres("shop", sql`select * from orders where day = ${day}`);
 * ```
 *
 * @throws {DatabaseError} or {DatabaseCredentialsError} naming the block, and what to do
 */
export const queryPostgres: QueryTask = task(
  { name: "query-postgres", cachePolicy: NO_CACHE },
  (
    credentials: Credentials,
    statement: Statement<UnknownRow>,
    options: QueryOptions = {},
  ): Promise<readonly UnknownRow[]> =>
    withConnection(credentials, signalOfRun(), (held) => rowsOf(held, statement, options)),
) as unknown as QueryTask;

/** Runs a statement; gives how many rows it changed. */
export const executePostgres: Task<[Credentials, Statement<unknown>, StatementOptions?], number> = task(
  { name: "execute-postgres", cachePolicy: NO_CACHE },
  (
    credentials: Credentials,
    statement: Statement<unknown>,
    options: StatementOptions = {},
  ): Promise<number> =>
    withConnection(credentials, signalOfRun(), (held) => rowCountOf(held, statement, options)),
);

/**
 * Runs statements one after another in one transaction: all of them take effect, or none. Gives how many rows they changed.
 * Statements with the same text are prepared once. For many rows `copyIntoPostgres` is faster.
 */
export const executeManyPostgres: Task<
  [Credentials, readonly Statement<unknown>[], TransactionOptions?],
  number
> = task(
  { name: "execute-many-postgres", cachePolicy: NO_CACHE },
  (
    credentials: Credentials,
    statements: readonly Statement<unknown>[],
    options: TransactionOptions = {},
  ): Promise<number> =>
    withConnection(credentials, signalOfRun(), (held) =>
      inTransaction(held, options, async () => {
        let rowCount = 0;
        for (const [index, statement] of statements.entries()) {
          const isRepeated = statement.text === statements[index === 0 ? 1 : index - 1]?.text;
          rowCount += await rowCountOf(
            held,
            statement,
            options,
            isRepeated ? preparedName(statement) : undefined,
          );
        }
        return rowCount;
      }),
    ),
);

/** A prepared statement belongs to its connection, which ends with the flow run. */
function preparedName({ text }: Statement<unknown>): string {
  return `sluice_${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
