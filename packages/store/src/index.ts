/** Keeps history in SQL. */
export { type SqliteStoreOptions, sqliteStore } from "./sqlite-store.ts";
