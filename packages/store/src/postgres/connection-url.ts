/** The URL of a PostgreSQL database: checked, and told to people without its password. */
import { InvalidRequestError } from "@sluice/protocol";

const PROTOCOLS: ReadonlySet<string> = new Set(["postgres:", "postgresql:"]);

/** Parameters of the URL that may hold secrets or paths of them. */
const SECRET_PARAMETERS: readonly string[] = ["password", "sslpassword", "passfile"];

/**
 * The URL without its password.
 * @throws {InvalidRequestError} when it is not the URL of a PostgreSQL database; the message does not repeat it, because it may hold a password.
 */
export function locationOf(connectionUrl: string): string {
  const url = parse(connectionUrl);
  url.password = "";
  for (const name of SECRET_PARAMETERS) url.searchParams.delete(name);
  return url.href;
}

function parse(connectionUrl: string): URL {
  const url = URL.canParse(connectionUrl) ? new URL(connectionUrl) : undefined;
  if (url !== undefined && PROTOCOLS.has(url.protocol)) return url;
  throw new InvalidRequestError(
    "The URL of the database is not one of PostgreSQL. Write postgres://<user>:<password>@<host>:<port>/<database>, " +
      "with special characters of the password percent-encoded.",
  );
}
