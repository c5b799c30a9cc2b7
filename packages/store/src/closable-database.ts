/** A database that closes when every call it accepted has ended, and refuses calls from then on. */
import { HistoryUnavailableError } from "@sluice/protocol";
import type { SqlDatabase, SqlDialectName, SqlSession, SqlWork } from "./sql-session.ts";

export class ClosableDatabase implements SqlDatabase {
  readonly location: string;
  readonly dialect: SqlDialectName;
  readonly #database: SqlDatabase;
  readonly #calls = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(database: SqlDatabase) {
    this.location = database.location;
    this.dialect = database.dialect;
    this.#database = database;
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.call((database) => database.read(work));
  }

  write<T>(work: SqlWork<T>, sharedBy?: string): Promise<T> {
    return this.call((database) => database.write(work, sharedBy));
  }

  writeOnce<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.call((database) => database.writeOnce(work));
  }

  async call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new HistoryUnavailableError(`The history ${this.location} is closed. Open it again to use it.`, {
        details: { location: this.location },
      });
    }
    const call = work(this.#database);
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Closing twice is allowed. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAfterCalls();
    return this.#closing;
  }

  async #closeAfterCalls(): Promise<void> {
    await Promise.allSettled(this.#calls);
    await this.#database.close();
  }
}
