/** Looks at the schema of a history and moves it between versions, for those who operate one. */
import { resolve } from "node:path";
import { InvalidRequestError } from "@sluice/protocol";
import { postgresSchema } from "../postgres/postgres-schema.ts";
import { sqliteSchema } from "../sqlite/sqlite-schema.ts";

/** Which history: a SQLite file, or the URL of a PostgreSQL database. */
export type DatabaseLocation = { readonly path: string } | { readonly url: string };

export interface SchemaStatus {
  /** For people: a file path or a URL without its password. */
  readonly location: string;
  /** 0 when there is no schema yet. */
  readonly version: number;
  /** Every step that this Sluice knows, in order. */
  readonly steps: readonly { readonly version: number; readonly name: string; readonly isDone: boolean }[];
}

/** Nothing of this changes a history that another program or a newer Sluice wrote: that is a `HistoryUnavailableError`. */
export interface DatabaseSchema {
  status(): Promise<SchemaStatus>;
  /** Brings the schema to a version, up or down, all of the way or not at all. What only the newer one can hold is lost on the way down. */
  migrate(version: number): Promise<SchemaStatus>;
}

/**
 * The schema of a history that need not be open, nor closed.
 * @throws {HistoryUnavailableError} from its methods, when the database cannot be used.
 */
export function databaseSchema(location: DatabaseLocation): DatabaseSchema {
  return "url" in location ? postgresSchema(location.url) : sqliteSchema(resolve(location.path));
}

/** Brings the schema to that of this Sluice. */
export async function upgradeDatabase(location: DatabaseLocation): Promise<SchemaStatus> {
  const schema = databaseSchema(location);
  return schema.migrate((await schema.status()).steps.length);
}

/** Undoes the newest step, or every step above `version`. */
export async function downgradeDatabase(
  location: DatabaseLocation,
  version?: number | undefined,
): Promise<SchemaStatus> {
  const schema = databaseSchema(location);
  const { version: current } = await schema.status();
  const target = version ?? Math.max(0, current - 1);
  if (target > current) {
    throw new InvalidRequestError(
      `The schema has version ${current}, which is below ${target}. Upgrade to get to a higher one.`,
    );
  }
  return schema.migrate(target);
}

/** Deletes everything that is in the history and makes it anew. */
export async function resetDatabase(location: DatabaseLocation): Promise<SchemaStatus> {
  await databaseSchema(location).migrate(0);
  return upgradeDatabase(location);
}
