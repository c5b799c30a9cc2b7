/**
 * What the stores need of a database: a few ways to run SQL text. One small adapter per database implements it, so that
 * everything above knows tables and meanings only. SQL is written with `?` for parameters and in the subset that SQLite
 * and PostgreSQL share; where they differ, `SqlDialect` has the words.
 */

/** A value as a parameter and in a row. Instants are canonical text, JSON is text, booleans are 0 and 1. */
export type SqlValue = string | number | null;

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** One connection for the time of one piece of work. */
export interface SqlSession {
  /** The rows of a statement. */
  all(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs a statement; gives how many rows it changed. */
  run(sql: string, parameters: readonly SqlValue[]): Promise<number>;
  /** Runs one statement for each of many rows, in order; the hot path of everything that is recorded. */
  runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void>;
}

export interface SqlDatabase {
  /** For people: a file path or a URL without its password. */
  readonly location: string;
  readonly dialect: SqlDialectName;
  /** Gives a session that sees what is committed. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction of its own; writes of one database never interleave. */
  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Runs something that takes several reads and writes, or other waits between them, as one call that closing waits for. */
  call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Selects the compiler and the expressions of `queries/`. */
export type SqlDialectName = "sqlite";
