/** Whether there is a server that we can work with. */
import { ADDITIONS_HEADER, HistoryUnavailableError } from "@sluice/protocol";
import type { HttpClient } from "./http-client.ts";

export interface ServerTraits {
  /** Whether it takes what Sluice adds to the wire: it is a Sluice server. */
  readonly takesAdditions: boolean;
}

const PREFECT_3 = /^3\.\d+/;
/** Always up to date, and not asked by Prefect's own clients either. */
const CLOUD_HOST = /(^|\.)prefect\.cloud$/;
/** A wrong URL should be told of soon. */
const MAX_RETRIES = 1;

/**
 * Asks the server what it is.
 *
 * @throws {HistoryUnavailableError} when there is none, or one of another generation.
 */
export async function checkServer(client: HttpClient): Promise<ServerTraits> {
  if (CLOUD_HOST.test(new URL(client.location).hostname)) return CLOUD;
  const call = { method: "GET", path: "/admin/version", maxRetries: MAX_RETRIES } as const;
  const { text, headers } = await client.answer(call);
  const version = versionIn(text);
  if (version !== undefined && PREFECT_3.test(version)) {
    return { takesAdditions: headers.has(ADDITIONS_HEADER) };
  }
  const what = version === undefined ? "did not say its version" : `has version ${version}`;
  throw new HistoryUnavailableError(
    `The server at ${client.location} ${what}; Sluice works with its own server and with Prefect 3. Does api.url (SLUICE_API_URL) name the API of such a server, and end in /api?`,
    { details: { url: client.location } },
  );
}

const CLOUD: ServerTraits = { takesAdditions: false };

/** The answer is a JSON text; anything else comes from something that is no such server. */
function versionIn(text: string): string | undefined {
  return /^\s*"([^"]{1,100})"\s*$/.exec(text)?.[1];
}
