/** Requests to a server's API that have no operation of their own, for people and scripts. */
import { InvalidRequestError } from "@sluice/protocol";
import { systemClock } from "../runtime/clock.ts";
import type { Settings } from "../settings/settings.ts";

export interface RawApiRequest {
  readonly method: string;
  /** Below the base URL, with the query: `/flows/filter`. */
  readonly path: string;
  /** JSON. */
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The body of an answer of success. */
export interface RawApiAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends one request with the credentials of the settings, once: what it does is not known, so it is not repeated.
 *
 * @throws {InvalidRequestError} when the settings name no server.
 * @throws {SluiceError} when the server does not answer, or with anything but success.
 */
export async function requestApi(settings: Settings, request: RawApiRequest): Promise<RawApiAnswer> {
  const { url, key, authString, requestTimeoutSeconds } = settings.api;
  if (url === undefined) {
    throw new InvalidRequestError(
      "There is no server to ask. Set one: sluice config set api.url=http://127.0.0.1:4200/api",
    );
  }
  const { HttpClient } = await import("./http/http-client.ts");
  const client = new HttpClient({
    url,
    key,
    authString,
    timeoutMs: requestTimeoutSeconds * 1000,
    maxRetries: 0,
    clock: systemClock(),
    random: Math.random,
  });
  const { status, text } = await client.answer(request);
  return { status, text };
}
