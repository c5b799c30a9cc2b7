/**
 * What the stores need of a database: a few ways to run SQL text. One small adapter per database implements it, so that
 * everything above knows tables and meanings only. SQL is written with `?` for parameters and in the subset that SQLite
 * and PostgreSQL share; where they differ, `QueryDialect` and the methods here have the words.
 */
import type { BeginWrite } from "@sluice/orchestration";
import type { ManyRows, PairedRows } from "./tables/many-rows.ts";

/** A value as a parameter and in a row. Instants are canonical text, JSON is text, booleans are 0 and 1. */
export type SqlValue = string | number | null;

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** One connection for the time of one piece of work. */
export interface SqlSession {
  /** The rows of a statement that is run again and again, so that it pays to keep its plan. */
  all(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** The rows of a statement made for one question, whose plan depends on what is asked. */
  ask(statement: SqlStatement): Promise<readonly SqlRow[]>;
  /** Runs a statement; gives how many rows it changed. */
  run(sql: string, parameters: readonly SqlValue[]): Promise<number>;
  /** As `run` for a statement whose failure does not spoil the transaction it is in. */
  attempt(sql: string, parameters: readonly SqlValue[]): Promise<number>;
  /**
   * Runs `first`, which inserts, updates or deletes at most one row, and when it did, `others`; gives how many rows
   * `first` changed. The others select from `chain`, which has a row exactly when `first` changed one; they do not see
   * that change, nor each other's. One round trip where there is a network.
   */
  runChain(first: SqlStatement, others: readonly SqlStatement[]): Promise<number>;
  /** Runs a statement for many rows, in order, and gives the rows it returns; the hot path of everything that is recorded. */
  runMany(statement: ManyRows, rows: readonly (readonly SqlValue[])[]): Promise<readonly SqlRow[]>;
  /**
   * Inserts rows, and with those that were not there the others that belong to them; gives the ids of those that were not
   * there. One round trip where there is a network.
   */
  runPairs(
    statements: PairedRows,
    rows: readonly (readonly SqlValue[])[],
    others: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]>;
  /**
   * The end of a select that keeps the rows of `table` as they are until the transaction ends, waiting for others who hold
   * them or leaving out what they hold; empty outside transactions and where these exclude each other.
   */
  lockOf(table: string, mode: "wait" | "skip"): string;
}

export type SqlWork<T> = (session: SqlSession, begin: BeginWrite) => Promise<T>;

export interface SqlDatabase {
  /** For people: a file path or a URL without its password. */
  readonly location: string;
  readonly dialect: SqlDialectName;
  /** Gives a session that sees what is committed. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in a transaction of its own; where transactions can fail each other, it may run again. Writes that it has
   * begun take one call of the session each. `sharedBy` as in `Store.transaction`.
   */
  write<T>(work: SqlWork<T>, sharedBy?: string): Promise<T>;
  /** As `write` for work that is one call of its session, which needs no words around it. */
  writeOnce<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Runs something that takes several reads and writes, or other waits between them, as one call that closing waits for. */
  call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Selects the expressions of `queries/`. */
export type SqlDialectName = "sqlite" | "postgres";
