/**
 * A SQLite file as a `SqlDatabase`: one connection that writes, its transactions one after another, and one that reads
 * what is committed, so that no reader sees half a transaction.
 */
import { BegunWrites, SerialQueue } from "@sluice/orchestration";
import type { SqlDatabase, SqlSession, SqlWork } from "../sql-session.ts";
import { FairTurns } from "./fair-turns.ts";
import { prepareDirectory } from "./history-directory.ts";
import { openReader, openWriter } from "./open-connection.ts";
import type { BusyWait } from "./retry-while-busy.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { isUnwritable, toHistoryError } from "./sqlite-fault.ts";
import { WalLimit } from "./wal-limit.ts";

/** Opens the file, makes it and its directory if need be, and brings its schema up to date. */
export async function openSqliteDatabase(wait: BusyWait): Promise<SqlDatabase> {
  await prepareDirectory(wait.path);
  const opened: SqliteConnection[] = [];
  try {
    const writer = await openWriter(wait);
    opened.push(writer);
    return new SqliteDatabase(wait.path, { writer, reader: await openReader(wait) });
  } catch (error) {
    for (const connection of opened) connection.close();
    throw toHistoryError(error, wait.path);
  }
}

class SqliteDatabase implements SqlDatabase {
  readonly dialect = "sqlite";
  readonly location: string;
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection;
  readonly #transactions = new SerialQueue();
  readonly #turns = new FairTurns();
  readonly #walLimit: WalLimit;

  constructor(path: string, connections: { writer: SqliteConnection; reader: SqliteConnection }) {
    this.location = path;
    this.#writer = connections.writer;
    this.#reader = connections.reader;
    this.#walLimit = new WalLimit(path);
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#withFaults(() => work(this.#reader));
  }

  write<T>(work: SqlWork<T>): Promise<T> {
    return this.#transactions.run(() => this.#withFaults(() => this.#transact(work)));
  }

  writeOnce<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.write(work);
  }

  call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T> {
    return work(this);
  }

  /** Waits for the transactions asked for before, then empties the write-ahead log into the file. */
  close(): Promise<void> {
    return this.#transactions.run(() => this.#withFaults(() => this.#shutDown()));
  }

  async #transact<T>(work: SqlWork<T>): Promise<T> {
    await this.#turns.beforeTransaction();
    await this.#walLimit.enforce(this.#writer);
    try {
      return await this.#writer.transaction("IMMEDIATE", async (session) => {
        const writes = new BegunWrites();
        const result = await work(session, writes.begin);
        await writes.settled();
        return result;
      });
    } finally {
      this.#turns.afterTransaction();
    }
  }

  async #shutDown(): Promise<void> {
    try {
      await this.#writer.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // On a full or read-only disk everything stays in the write-ahead log, which the next one to open the file reads.
      if (!isUnwritable(error)) throw error;
    } finally {
      this.#reader.close();
      this.#writer.close();
    }
  }

  async #withFaults<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toHistoryError(error, this.location);
    }
  }
}
