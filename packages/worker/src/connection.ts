/** How processes that a worker starts find its server. */
import type { Settings } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";

export interface Connection {
  /** Base URL of the API. */
  readonly url: string;
  /** What sockets are opened with. */
  readonly token: string | null;
  /** For processes: ours, and Prefect's. */
  readonly env: Readonly<Record<string, string>>;
}

/** @throws {InvalidRequestError} without a server: a worker takes what others put there. */
export function connectionOf({ api }: Settings): Connection {
  if (api.url === undefined) {
    throw new InvalidRequestError(
      "A worker needs a server that it takes runs from. Start one with: sluice server start. Then: sluice config set api.url=http://127.0.0.1:4200/api",
    );
  }
  const authString = api.authString?.reveal();
  const key = api.key?.reveal();
  const values = { API_URL: api.url, API_AUTH_STRING: authString, API_KEY: key };
  const env = Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          [`SLUICE_${name}`, value],
          [`PREFECT_${name}`, value],
        ],
  );
  return { url: api.url.replace(/\/+$/, ""), token: authString ?? key ?? null, env: Object.fromEntries(env) };
}
