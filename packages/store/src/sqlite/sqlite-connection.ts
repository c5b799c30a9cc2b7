/** One connection to the file: statements prepared once, and values checked before the driver sees them. */
import { InvalidRequestError } from "@sluice/protocol";
import type Libsql from "libsql";
import type { SqlRow, SqlSession, SqlStatement, SqlValue } from "../sql-session.ts";
import type { ManyRows, PairedRows } from "../tables/many-rows.ts";
import { type BusyWait, retryWhileBusy } from "./retry-while-busy.ts";
import { toConflict } from "./sqlite-fault.ts";

/** Texts of lists vary with their filters, so what is kept is bounded; the least recently used goes first. */
const MAX_STATEMENTS = 128;

export class SqliteConnection implements SqlSession {
  readonly #database: Libsql.Database;
  readonly #wait: BusyWait;
  readonly #statements = new Map<string, Libsql.Statement>();

  constructor(database: Libsql.Database, wait: BusyWait) {
    this.#database = database;
    this.#wait = wait;
  }

  async all(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const values = checked(parameters);
    // The driver types rows as unknown; they are flat objects of the values SQLite has.
    return retryWhileBusy(() => this.#prepare(sql).all(values) as SqlRow[], this.#wait);
  }

  async run(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    try {
      return this.#prepare(sql).run(checked(parameters)).changes;
    } catch (error) {
      throw toConflict(error);
    }
  }

  ask({ sql, parameters }: SqlStatement): Promise<readonly SqlRow[]> {
    return this.all(sql, parameters);
  }

  attempt(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    return this.run(sql, parameters);
  }

  async runChain(first: SqlStatement, others: readonly SqlStatement[]): Promise<number> {
    const changed = await this.run(first.sql, first.parameters);
    if (changed === 0) return 0;
    for (const { sql, parameters } of others) await this.run(`WITH chain AS (SELECT 1) ${sql}`, parameters);
    return changed;
  }

  async runMany(
    { rowSql, isReturning }: ManyRows,
    rows: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]> {
    const statement = this.#prepare(rowSql);
    if (isReturning) return rows.flatMap((row) => statement.all(checked(row)) as SqlRow[]);
    for (const row of rows) statement.run(checked(row));
    return [];
  }

  async runPairs(
    { first, second }: PairedRows,
    rows: readonly (readonly SqlValue[])[],
    others: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]> {
    const inserted = await this.runMany(first, rows);
    const ids = new Set(inserted.map(({ id }) => id));
    await this.runMany(
      second,
      others.filter((row) => ids.has(row.at(-1) ?? null)),
    );
    return inserted;
  }

  /** Transactions exclude each other. */
  lockOf(): string {
    return "";
  }

  /** Runs `work` so that all of its writes happen or none. IMMEDIATE takes the lock for writing at once. */
  async transaction<T>(
    mode: "DEFERRED" | "IMMEDIATE",
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    await this.execute(`BEGIN ${mode}`);
    try {
      const result = await work(this);
      await this.execute("COMMIT");
      return result;
    } catch (error) {
      // SQLite itself rolls back after some faults, such as a full disk.
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Runs statements that give no rows, such as `BEGIN`. Waits for a busy file. */
  async execute(sql: string): Promise<void> {
    await retryWhileBusy(() => this.#database.exec(sql), this.#wait);
  }

  /** Sets or asks a pragma; gives the value, if it has one. Waits for a busy file. */
  async pragma(text: string): Promise<SqlValue> {
    const rows = await retryWhileBusy(() => this.#database.pragma(text), this.#wait);
    const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
    const value: unknown = typeof first === "object" && first !== null ? Object.values(first)[0] : undefined;
    return typeof value === "string" || typeof value === "number" ? value : null;
  }

  /** The driver keeps the file open until its prepared statements are garbage collected. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): Libsql.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement: Libsql.Statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > MAX_STATEMENTS) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return statement;
  }
}

/** The driver aborts the whole process when it meets a boolean, so no value of a wrong type may get through. */
function checked(values: readonly SqlValue[]): readonly SqlValue[] {
  for (const value of values) {
    if (typeof value === "string" || typeof value === "number" || value === null) continue;
    throw new InvalidRequestError(
      `A ${typeof value} stands where the history keeps text or a number; check the types of what was sent.`,
    );
  }
  return values;
}
