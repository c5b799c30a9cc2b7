/** Keeps history in SQL. */
export {
  type PostgresEventFeed,
  type PostgresEventFeedOptions,
  postgresEventFeed,
} from "./postgres-event-feed.ts";
export {
  type PostgresLogFeed,
  type PostgresLogFeedOptions,
  postgresLogFeed,
} from "./postgres-log-feed.ts";
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.ts";
export {
  type DatabaseLocation,
  databaseSchema,
  downgradeDatabase,
  resetDatabase,
  type SchemaStatus,
  upgradeDatabase,
} from "./schema/database-schema.ts";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite-store.ts";
