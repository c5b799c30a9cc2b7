/** History in a SQLite file. */
import { resolve } from "node:path";
import type { Store } from "@sluice/orchestration";
import { InvalidRequestError } from "@sluice/protocol";
import { ClosableDatabase } from "./closable-database.ts";
import { SqlStore } from "./sql-store.ts";
import { openSqliteDatabase } from "./sqlite/sqlite-database.ts";

const DEFAULT_BUSY_TIMEOUT_SECONDS = 60;

export interface SqliteStoreOptions {
  /** The file; it and its directory are made if need be. Relative paths start at the working directory. */
  readonly path: string;
  /** How long a call waits for a file that another process holds without a gap; default 60. */
  readonly busyTimeoutSeconds?: number | undefined;
}

/**
 * Opens the history in a SQLite file and brings its schema up to date. Several processes may use one file.
 * @throws {HistoryUnavailableError} when the file cannot be used; it says why and what to do.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, busyTimeoutSeconds = DEFAULT_BUSY_TIMEOUT_SECONDS } = options;
  if (path === "" || path === ":memory:") {
    throw new InvalidRequestError(`"${path}" is not the path of a file. Give one, or use MemoryStore.`);
  }
  if (!(busyTimeoutSeconds >= 0)) {
    throw new InvalidRequestError(`busyTimeoutSeconds is ${busyTimeoutSeconds}; it must be 0 or more.`);
  }
  const database = await openSqliteDatabase({ path: resolve(path), busyTimeoutSeconds });
  return new SqlStore(new ClosableDatabase(database));
}
