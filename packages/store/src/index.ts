/** Keeps history in SQL. */
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.ts";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite-store.ts";
