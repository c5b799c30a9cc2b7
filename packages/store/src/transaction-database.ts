/** The database as a transaction sees it: everything goes through its one connection, until it ends. */
import { type BeginWrite, NestedTransactionError } from "@sluice/orchestration";
import { HistoryUnavailableError } from "@sluice/protocol";
import type { SqlDatabase, SqlDialectName, SqlSession, SqlWork } from "./sql-session.ts";

export class TransactionDatabase implements SqlDatabase {
  readonly location: string;
  readonly dialect: SqlDialectName;
  readonly #session: SqlSession;
  readonly #begin: BeginWrite;
  #hasEnded = false;

  constructor(database: SqlDatabase, session: SqlSession, begin: BeginWrite) {
    this.location = database.location;
    this.dialect = database.dialect;
    this.#session = session;
    this.#begin = begin;
  }

  /** From now on every call is refused, since it would be outside the transaction that its caller believes in. */
  end(): void {
    this.#hasEnded = true;
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.call(() => work(this.#session));
  }

  write<T>(work: SqlWork<T>): Promise<T> {
    return this.call(() => work(this.#session, this.#begin));
  }

  writeOnce<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.call(() => work(this.#session));
  }

  async call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T> {
    if (this.#hasEnded) {
      throw new HistoryUnavailableError(
        `A call came after the transaction of the history ${this.location} it was part of had ended. ` +
          "Await every call inside the transaction.",
        { details: { location: this.location } },
      );
    }
    return work(this);
  }

  close(): Promise<void> {
    return Promise.reject(new NestedTransactionError(this.location));
  }
}
