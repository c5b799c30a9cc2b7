/** From what credentials say to what a client of PostgreSQL takes. */
import type { Secret } from "@sluice/core";
import { type ConnectionParts, type ConnectionWords, partsOfUrl, wordOf } from "./connection-words.ts";
import { DatabaseCredentialsError } from "./database-errors.ts";
import { type PostgresTls, postgresTls, type TlsWishes, tlsModeOf } from "./postgres-tls.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_PORT = 65_535;

/** What `new Client(…)` and `new Pool(…)` of pg take. What is absent is as `PGHOST` and its like say. */
export interface PostgresConnection {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly ssl: PostgresTls | false;
  readonly connectionTimeoutMillis: number;
  readonly application_name?: string;
  readonly options?: string;
}

export interface ConnectionSource {
  readonly driver?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly database?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly url?: Secret | undefined;
  readonly query?: ConnectionWords | undefined;
  readonly connectArgs?: ConnectionWords | undefined;
  readonly tls?: TlsWishes | undefined;
}

/**
 * @param name - the credentials in messages, such as `database-credentials/shop`
 * @throws {DatabaseCredentialsError} when they are not for PostgreSQL, or what they say makes no sense
 */
export async function postgresConnection(
  source: ConnectionSource,
  name: string,
): Promise<PostgresConnection> {
  const { driver, host, port, username, password, database, words } = partsOf(source, name);
  checkDriver(driver, name);
  const ssl = await postgresTls(source.tls ?? tlsOfWords(words, name), { host, name });
  const timeoutSeconds = Number(wordOf(words, "connect_timeout"));
  const applicationName = wordOf(words, "application_name");
  const options = wordOf(words, "options");
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: checkedPort(port, name) }),
    ...(username !== undefined && { user: username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ssl,
    connectionTimeoutMillis: timeoutSeconds > 0 ? timeoutSeconds * 1000 : CONNECT_TIMEOUT_MS,
    ...(applicationName !== undefined && { application_name: applicationName }),
    ...(options !== undefined && { options }),
  };
}

function partsOf(source: ConnectionSource, name: string): ConnectionParts {
  const { url, driver, host, port, username, password, database, query, connectArgs } = source;
  if (url !== undefined) {
    const parts = partsOfUrl(url.reveal(), name);
    return { ...parts, words: { ...parts.words, ...connectArgs } };
  }
  const words = { ...query, ...connectArgs };
  return {
    ...{ driver, username, database, words },
    host: host ?? wordOf(words, "host"),
    port: port === undefined ? undefined : Number(port),
    password: password?.reveal(),
  };
}

/** Prefect's blocks name the driver of Python, such as `postgresql+asyncpg`. */
function checkDriver(driver: string | undefined, name: string): void {
  if (driver === undefined || /^postgres(ql)?(\+|$)/.test(driver)) return;
  throw new DatabaseCredentialsError(
    `The credentials ${name} are for ${driver}, but a PostgreSQL database is asked for. Use credentials whose driver or URL begins with postgresql.`,
    { details: { credentials: name } },
  );
}

function checkedPort(port: number, name: string): number {
  if (Number.isInteger(port) && port > 0 && port <= MAX_PORT) return port;
  throw new DatabaseCredentialsError(
    `The port of the credentials ${name} must be a whole number from 1 to ${MAX_PORT}.`,
    { details: { credentials: name } },
  );
}

function tlsOfWords(words: ConnectionWords, name: string): TlsWishes {
  const word = wordOf(words, "sslmode", "ssl") ?? process.env["PGSSLMODE"];
  return {
    mode: word === undefined || word === "" ? "disable" : tlsModeOf(word, name),
    ca: wordOf(words, "sslrootcert"),
    cert: wordOf(words, "sslcert"),
    key: wordOf(words, "sslkey"),
  };
}
