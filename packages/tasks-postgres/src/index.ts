/** Tasks for PostgreSQL. */
export type { CopyFormat, CopyTable, TableName } from "./copy-statement.ts";
export {
  type CopiedOut,
  type CopyInOptions,
  type CopyOutOptions,
  copyIntoPostgres,
  copyOutOfPostgres,
} from "./copy-tasks.ts";
export type { Credentials } from "./postgres-pool.ts";
export {
  type PostgresTransaction,
  type TransactionOptions,
  type TransactionTask,
  transactPostgres,
} from "./postgres-transaction.ts";
export { executeManyPostgres, executePostgres, type QueryTask, queryPostgres } from "./query-tasks.ts";
export { type SqlName, type SqlTag, type Statement, sql, type UnknownRow } from "./statement.ts";
export type { QueryOptions, StatementOptions } from "./statement-options.ts";
