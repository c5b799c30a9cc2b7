/** PostgreSQL for tests: set `globalSetup` to `@sluice/store/testing/postgres-global-setup`. */
export { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";
export { createPostgresDatabase, describePostgres } from "./postgres-test-database.ts";
