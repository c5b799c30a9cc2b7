/** Opens the history that a server is told to serve. */
import type { Store } from "@sluice/orchestration";
import { InvalidRequestError } from "@sluice/protocol";
import { type DatabaseLocation, postgresStore, sqliteStore } from "@sluice/store";

/** Where the history is: one of the two. */
export interface DatabaseOptions {
  /** A PostgreSQL database, `postgres://<user>:<password>@<host>:<port>/<database>`; comes first. */
  readonly databaseUrl?: string | undefined;
  /** A SQLite file; it and its directory are made if need be. */
  readonly databasePath?: string | undefined;
}

const SQLITE_URL = /^sqlite:(?:\/\/)?(?<path>.+)$/u;
const POSTGRES_URL = /^postgres(?:ql)?(?:\+asyncpg)?:\/\//u;

/** Whether the database is a server of its own, which several of ours can share. */
export function isShared(options: DatabaseOptions): boolean {
  return "url" in databaseLocation(options);
}

/**
 * Opens it and brings its schema up to date.
 * @throws {InvalidRequestError} when the URL is of neither kind of database.
 * @throws {HistoryUnavailableError} when the database cannot be used; it says why and what to do.
 */
export function openStore(options: DatabaseOptions): Promise<Store> {
  const location = databaseLocation(options);
  return "url" in location ? postgresStore(location) : sqliteStore(location);
}

/**
 * Which of the two it is, and where.
 * @throws {InvalidRequestError} when the URL is of neither kind of database.
 */
export function databaseLocation({ databaseUrl, databasePath }: DatabaseOptions): DatabaseLocation {
  if (databaseUrl === undefined) {
    if (databasePath !== undefined) return { path: databasePath };
    throw new InvalidRequestError("The server needs a database: give a path or a URL.");
  }
  // URLs that were written for Prefect name their Python driver.
  if (POSTGRES_URL.test(databaseUrl)) return { url: databaseUrl.replace("+asyncpg", "") };
  const path = SQLITE_URL.exec(databaseUrl)?.groups?.["path"];
  if (path !== undefined) return { path };
  const scheme = /^[\w+]*:/u.exec(databaseUrl)?.[0] ?? "no scheme";
  throw new InvalidRequestError(
    `The database URL has ${scheme}, which is no database that Sluice knows. Use postgres://<user>:<password>@<host>:<port>/<database> or sqlite:<path>.`,
  );
}
