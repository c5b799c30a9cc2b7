/** What a URL of a database says, in the words of PostgreSQL's clients. */
import { DatabaseCredentialsError } from "./database-errors.ts";

/** Parts of a URL that are given; `words` are its parameters. */
export interface ConnectionParts {
  readonly driver?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  readonly words: ConnectionWords;
}

/** Parameters such as `sslmode` and `connect_timeout`; those of other drivers may be among them. */
export type ConnectionWords = Readonly<Record<string, unknown>>;

/**
 * Takes a URL such as `postgresql+asyncpg://ada:s3cret@db.example:5432/shop?sslmode=require` apart.
 *
 * @param name - the credentials in messages
 * @throws {DatabaseCredentialsError} without the URL in it, when it is none
 */
export function partsOfUrl(text: string, name: string): ConnectionParts {
  if (!URL.canParse(text)) throw unreadable(name);
  const url = new URL(text);
  const words = Object.fromEntries(url.searchParams);
  const { host = url.hostname.replace(/^\[|\]$/g, "") } = words;
  return {
    driver: url.protocol.slice(0, -1),
    host: decoded(host, name),
    port: url.port === "" ? undefined : Number(url.port),
    username: decoded(url.username, name),
    password: decoded(url.password, name),
    database: decoded(url.pathname.replace(/^\//, ""), name),
    words,
  };
}

/** A word that has a text or a number. */
export function wordOf(words: ConnectionWords, ...names: readonly string[]): string | undefined {
  const value = names.map((name) => words[name]).find((given) => given !== undefined && given !== null);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function decoded(text: string, name: string): string | undefined {
  try {
    return text === "" ? undefined : decodeURIComponent(text);
  } catch {
    throw unreadable(name);
  }
}

function unreadable(name: string): DatabaseCredentialsError {
  return new DatabaseCredentialsError(
    `The url of the credentials ${name} is no URL of a database. Write it as postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.`,
    { details: { credentials: name } },
  );
}
