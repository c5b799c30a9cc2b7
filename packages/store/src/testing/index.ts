/** PostgreSQL for tests: set `globalSetup` to `@sluice/store/testing/postgres-global-setup`. */
export { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";
export { createPostgresDatabase, describePostgres, emptyPostgresDatabase } from "./postgres-test-database.ts";
