/** Credentials for databases. */
export { DatabaseCredentials } from "./database-credentials.ts";
export {
  DatabaseCredentialsError,
  DatabaseError,
  type DatabaseTroubleKind,
} from "./database-errors.ts";
export type { PostgresConnection } from "./postgres-connection.ts";
export type { PostgresTls, TlsMode } from "./postgres-tls.ts";
