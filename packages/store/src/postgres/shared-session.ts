/** What one work sees of a transaction that it shares with others. */
import type { SqlRow, SqlSession, SqlStatement, SqlValue } from "../sql-session.ts";
import type { ManyRows, PairedRows } from "../tables/many-rows.ts";
import type { GatheredPairs } from "./gathered-pairs.ts";

/** Tables whose rows a shared transaction may hold: each flow run is the business of one work only, and flows are only read. */
const SHARED_TABLES: ReadonlySet<string> = new Set(["flow_run", "flow"]);

/** The work needs a transaction of its own; its caller never sees this. */
class NeedsOwnTransactionError extends Error {}

/** Refuses what works in one transaction cannot do side by side, and remembers what the transaction is worth afterwards. */
export class SharedSession implements SqlSession {
  readonly #session: SqlSession;
  readonly #pairs: GatheredPairs;
  #isRefused = false;
  #hasWritten = false;
  #hasFailed = false;

  /** `pairs` are those of all works of the transaction, on the same session. */
  constructor(session: SqlSession, pairs: GatheredPairs) {
    this.#session = session;
    this.#pairs = pairs;
  }

  /** Whether the work has to be done in a transaction of its own. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Whether what the work did cannot be left out of the transaction. */
  get isBound(): boolean {
    return this.#hasWritten || this.#hasFailed;
  }

  all(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const call = (session: SqlSession): Promise<readonly SqlRow[]> => session.all(sql, parameters);
    return /^\s*SELECT/iu.test(sql) ? this.#watched(this.#next(call)) : this.#written(this.#next(call));
  }

  ask(statement: SqlStatement): Promise<readonly SqlRow[]> {
    return this.#watched(this.#next((session) => session.ask(statement)));
  }

  run(sql: string, parameters: readonly SqlValue[]): Promise<number> {
    return this.#written(this.#next((session) => session.run(sql, parameters)));
  }

  /** Savepoints of several works would undo each other's writes. */
  attempt(): Promise<number> {
    return Promise.reject(this.#refusal());
  }

  runChain(first: SqlStatement, others: readonly SqlStatement[]): Promise<number> {
    return this.#written(this.#next((session) => session.runChain(first, others)));
  }

  runMany(statement: ManyRows, rows: readonly (readonly SqlValue[])[]): Promise<readonly SqlRow[]> {
    return this.#written(this.#next((session) => session.runMany(statement, rows)));
  }

  runPairs(
    statements: PairedRows,
    rows: readonly (readonly SqlValue[])[],
    others: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]> {
    return this.#written(this.#pairs.add(statements, rows, others));
  }

  /** A lock keeps out other transactions, not the other works of this one. */
  lockOf(table: string, mode: "wait" | "skip"): string {
    if (!SHARED_TABLES.has(table) || mode === "skip") throw this.#refusal();
    return this.#session.lockOf(table, mode);
  }

  #refusal(): Error {
    this.#isRefused = true;
    return new NeedsOwnTransactionError("This work cannot share a transaction.");
  }

  /** What is asked next comes after what this work has written. */
  #next<T>(call: (session: SqlSession) => Promise<T>): Promise<T> {
    if (this.#hasWritten) this.#pairs.flush();
    return call(this.#session);
  }

  #written<T>(call: Promise<T>): Promise<T> {
    this.#hasWritten = true;
    return this.#watched(call);
  }

  async #watched<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}
