/** Runs statements on a connection, or on whichever one of a pool is free. */
import type { QueryConfig, QueryResult } from "pg";
import type { SqlRow, SqlSession, SqlStatement, SqlValue } from "../sql-session.ts";
import type { ManyRows, PairedRows } from "../tables/many-rows.ts";
import { positional } from "./positional.ts";
import { toHistoryError } from "./postgres-fault.ts";
import { textArray } from "./text-array.ts";

/** What a pool and a connection have in common. */
export interface PostgresQueryable {
  query(config: QueryConfig<(SqlValue | Buffer)[]>): Promise<QueryResult>;
}

export interface PostgresSessionOptions {
  /** For messages of errors. */
  readonly location: string;
  readonly isTransaction: boolean;
}

/**
 * Each connection keeps the plans of as many statements. Statements that are run again and again are as many as there are
 * places in the code, but for updates, which vary with the members they write.
 */
const MAX_NAMED_STATEMENTS = 300;
const names = new Map<string, string>();

export class PostgresSession implements SqlSession {
  readonly #queryable: PostgresQueryable;
  readonly #options: PostgresSessionOptions;

  constructor(queryable: PostgresQueryable, options: PostgresSessionOptions) {
    this.#queryable = queryable;
    this.#options = options;
  }

  async all(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return rowsOf(await this.#run(nameOf(sql), { sql, parameters }));
  }

  async ask(statement: SqlStatement): Promise<readonly SqlRow[]> {
    return rowsOf(await this.#run(undefined, statement));
  }

  async run(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    return (await this.#run(nameOf(sql), { sql, parameters })).rowCount ?? 0;
  }

  async attempt(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    if (!this.#options.isTransaction) return this.run(sql, parameters);
    await this.run("SAVEPOINT attempt", []);
    try {
      return await this.run(sql, parameters);
    } catch (error) {
      await this.run("ROLLBACK TO SAVEPOINT attempt", []);
      throw error;
    } finally {
      await this.run("RELEASE SAVEPOINT attempt", []);
    }
  }

  async runChain(first: SqlStatement, others: readonly SqlStatement[]): Promise<number> {
    if (others.length === 0) return this.run(first.sql, first.parameters);
    const parts = others.map(({ sql }, index) => `, chain_${index} AS (${sql})`);
    const sql = `WITH chain AS (${first.sql} RETURNING 1)${parts.join("")} SELECT 1 FROM chain`;
    const parameters = [first, ...others].flatMap((statement) => statement.parameters);
    return (await this.all(sql, parameters)).length;
  }

  async runMany({ arraysSql }: ManyRows, rows: readonly (readonly SqlValue[])[]): Promise<readonly SqlRow[]> {
    if (rows.length === 0) return [];
    return rowsOf(await this.#send(nameOf(arraysSql), positional(arraysSql), columnsOf(rows)));
  }

  async runPairs(
    { first, arraysSql }: PairedRows,
    rows: readonly (readonly SqlValue[])[],
    others: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]> {
    if (others.length === 0) return this.runMany(first, rows);
    const columns = [...columnsOf(rows), ...columnsOf(others)];
    return rowsOf(await this.#send(nameOf(arraysSql), positional(arraysSql), columns));
  }

  /**
   * Weaker than `FOR UPDATE`: rows that only refer to this one can still be written. Flows are read by many and hardly
   * ever change, so those who found one do not wait for each other.
   */
  lockOf(table: string, mode: "wait" | "skip"): string {
    if (!this.#options.isTransaction) return "";
    const strength = table === "flow" ? "SHARE" : "NO KEY UPDATE";
    return ` FOR ${strength} OF ${table}${mode === "skip" ? " SKIP LOCKED" : ""}`;
  }

  #run(name: string | undefined, { sql, parameters }: SqlStatement): Promise<QueryResult> {
    return this.#send(name, positional(sql), parameters.map(storable));
  }

  /** A statement with a name is prepared once on each connection. */
  async #send(name: string | undefined, text: string, values: (SqlValue | Buffer)[]): Promise<QueryResult> {
    try {
      return await this.#queryable.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      throw toHistoryError(error, this.#options.location);
    }
  }
}

/** An array of texts for each column. */
function columnsOf(rows: readonly (readonly SqlValue[])[]): Buffer[] {
  const [first = []] = rows;
  return first.map((_, column) => textArray(rows.map((row) => row[column] ?? null)));
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_NAMED_STATEMENTS) return known;
  const name = `sluice_${names.size}`;
  names.set(sql, name);
  return name;
}

/** PostgreSQL cannot keep the character NUL in text, so it is left out. */
function storable(value: SqlValue): SqlValue {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "") : value;
}

function rowsOf(result: QueryResult): readonly SqlRow[] {
  // The decoders of `column-texts.ts` give nothing else.
  return result.rows as SqlRow[];
}
