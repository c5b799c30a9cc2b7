/** Credentials for a database. */
import { Block, secret } from "@sluice/core/blocks";
import { SluiceError } from "@sluice/protocol";
import { z } from "zod";
import { DatabaseCredentialsError, DatabaseError, databaseTrouble } from "./database-errors.ts";
import { type PostgresConnection, postgresConnection } from "./postgres-connection.ts";
import { tlsFields } from "./postgres-tls.ts";

const fields = z
  .object({
    /** Which database it is, such as `postgresql`; Prefect's blocks name a driver of Python: `postgresql+asyncpg`. */
    driver: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
    password: secret(z.string().min(1)).optional(),
    database: z.string().min(1).optional(),
    /** A host, or the directory of a socket. */
    host: z.string().min(1).optional(),
    port: z.union([z.string().regex(/^\d+$/, "must be a number"), z.int().positive()]).optional(),
    /** Parameters in the words of PostgreSQL's clients, such as `application_name`. */
    query: z.record(z.string(), z.string()).optional(),
    /** All of it in one text, in place of the fields above: `postgresql://user:password@host:5432/database`. */
    url: secret(z.string().min(1)).optional(),
    /** More parameters. Those that only a driver of Python knows are passed over. */
    connectArgs: secret(z.record(z.string(), z.unknown())).optional(),
    /** Default: as `sslmode` in the parameters or the URL says, else not encrypted. */
    tls: tlsFields.optional(),
    /** How many connections a flow run has open at most. */
    maxConnections: z.int().min(1).default(5),
  })
  .refine(({ url, ...parts }) => url === undefined || givenParts(parts).length === 0, {
    message: "Give url, or host and the other parts of it, not both",
    path: ["url"],
  });

const PARTS_OF_URL = ["driver", "username", "password", "database", "host", "port", "query"] as const;

function givenParts(parts: Readonly<Record<string, unknown>>): readonly string[] {
  return PARTS_OF_URL.filter((name) => parts[name] !== undefined);
}

/**
 * How to reach a PostgreSQL database: a URL, or its parts. What is not given is as the variables `PGHOST`, `PGUSER` and
 * their like say. Fields as those of Prefect's block, and `tls` and `maxConnections`.
 *
 * ```ts
 * const credentials = new DatabaseCredentials({
 *   host: "db.example", database: "shop", username: "reports", password: process.env.SHOP_PASSWORD,
 *   tls: { mode: "verify-full" },
 * });
 * ```
 */
export class DatabaseCredentials extends Block.define({
  slug: "database-credentials",
  name: "Database Credentials",
  description: "How to reach a PostgreSQL database, and be let in.",
  schema: fields,
}) {
  /**
   * What a client or a pool of pg takes: `new Client(await credentials.postgresConnection())`.
   *
   * @throws {DatabaseCredentialsError} when they are not for PostgreSQL, or a file of certificates cannot be read
   */
  async postgresConnection(): Promise<PostgresConnection> {
    const { connectArgs, ...source } = this;
    return postgresConnection({ ...source, connectArgs: connectArgs?.reveal() }, this.blockReference);
  }

  /**
   * What an error that a client threw means, with these credentials and what to do in its message; errors of other kinds
   * are given back as they are.
   *
   * @param connection - the one that failed
   */
  explain(
    error: unknown,
    connection: Pick<PostgresConnection, "host" | "port" | "user" | "database">,
  ): unknown {
    const trouble = error instanceof SluiceError ? undefined : databaseTrouble(error);
    if (trouble === undefined) return error;
    const message = `The database of ${this.blockReference} (${placeOf(connection)}): ${trouble.explanation}`;
    if (trouble.kind === "denied" || trouble.kind === "tls") {
      const details = { kind: trouble.kind, sqlState: trouble.code, credentials: this.blockReference };
      return new DatabaseCredentialsError(message, { cause: error, details });
    }
    return new DatabaseError(message, trouble, error);
  }
}

/** `reports@db.example:5432/shop`: where the variables of the environment say it, that is as they say. */
function placeOf({ host, port, user, database }: Parameters<DatabaseCredentials["explain"]>[1]): string {
  const who = user ?? process.env["PGUSER"];
  const where = `${host ?? process.env["PGHOST"] ?? "localhost"}:${port ?? process.env["PGPORT"] ?? 5432}`;
  return `${who === undefined ? "" : `${who}@`}${where}/${database ?? process.env["PGDATABASE"] ?? who ?? ""}`;
}
