/** The path below which a reverse proxy gives the server everything. */
import { InvalidRequestError } from "@sluice/protocol";

const PATH = /^(?:\/[\w.~-]+)+$/u;

/**
 * With a slash at its beginning and none at its end; empty for the root.
 * @throws {InvalidRequestError} when it is no path.
 */
export function normalBasePath(given: string | undefined): string {
  const path = (given ?? "").replace(/^\/*/u, "/").replace(/\/+$/u, "");
  if (path === "" || PATH.test(path)) return path;
  throw new InvalidRequestError(
    `The base path ${JSON.stringify(given)} is not possible. Write it like /sluice or /tools/sluice.`,
  );
}
