/** What is said beside a statement. */
import { findRunContext } from "@sluice/core";
import { DatabaseError } from "@sluice/credentials-database";
import type { HeldConnection } from "./postgres-pool.ts";
import { limitStatements, runStatement } from "./run-statement.ts";
import { checkStatement, type Statement } from "./statement.ts";

export interface StatementOptions {
  /** The server stops a statement that takes longer. Default: as the server is set. Waiting for a connection does not count. */
  readonly statementTimeoutSeconds?: number | undefined;
}

export interface QueryOptions extends StatementOptions {
  /** More rows are an error, because they are held in memory. Default 100,000. */
  readonly maxRows?: number | undefined;
}

const DEFAULT_MAX_ROWS = 100_000;

/** Aborts with the run that the calling code belongs to. */
export function signalOfRun(): AbortSignal | undefined {
  return findRunContext()?.signal;
}

/**
 * The rows, as the statement's schema makes them.
 *
 * @throws {DatabaseError} of the kind `rows` when there are too many, or when one does not fit
 */
export async function rowsOf<Row>(
  held: HeldConnection,
  statement: Statement<Row>,
  { maxRows = DEFAULT_MAX_ROWS, statementTimeoutSeconds }: QueryOptions,
): Promise<Row[]> {
  checkStatement(statement);
  await limitStatements(held.client, statementTimeoutSeconds);
  const { text, values, schema } = statement;
  const rows: Row[] = [];
  const onRow = (row: unknown): void => {
    if (rows.length >= maxRows) throw tooManyRows(maxRows);
    rows.push(schema === undefined ? (row as Row) : checkedRow(schema, row, rows.length));
  };
  await runStatement(held, { text, values }, { signal: signalOfRun(), onRow });
  return rows;
}

/** How many rows it changed. */
export async function rowCountOf(
  held: HeldConnection,
  statement: Statement<unknown>,
  { statementTimeoutSeconds }: StatementOptions,
  name?: string,
): Promise<number> {
  checkStatement(statement);
  await limitStatements(held.client, statementTimeoutSeconds);
  const { text, values } = statement;
  // Rows that nobody asked for are not kept.
  const onRow = (): void => undefined;
  return runStatement(
    held,
    { text, values, ...(name !== undefined && { name }) },
    { signal: signalOfRun(), onRow },
  );
}

function tooManyRows(maxRows: number): DatabaseError {
  return new DatabaseError(
    `The query gives more than ${maxRows} rows. Narrow it, raise maxRows, or write the rows to a file with copyOutOfPostgres.`,
    { kind: "rows" },
  );
}

function checkedRow<Row>(schema: NonNullable<Statement<Row>["schema"]>, row: unknown, index: number): Row {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw new DatabaseError(
    `Row ${index + 1} of the query does not fit its schema: ${issues.join("; ")}. Values of bigint and numeric are texts, and dates too: z.coerce.number() takes them.`,
    { kind: "rows" },
  );
}
