/** Requests that move content: the SDK's streams cannot be stopped at any time, and some of their failures never end. */
import { setTimeout as delay } from "node:timers/promises";
import type { Bucket } from "@google-cloud/storage";
import { withTimeLimit } from "@sluice/core";
import { googleTrouble } from "@sluice/credentials-gcp";

/** Of one request: it sends or receives one part at most. */
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 250;

export interface GcsRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the service's address; that of an upload has one of its own. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** What is an answer beside success. */
  readonly accepts?: readonly number[];
}

/** Gives what `read` makes of the answer, with a limit to the time of both. */
export function sendRequest<T>(
  { storage }: Bucket,
  { url, method, headers = {}, body, accepts = [] }: GcsRequest,
  { signal, read }: { readonly signal: AbortSignal; readonly read: (answer: Response) => Promise<T> },
): Promise<T> {
  return withTimeLimit(REQUEST_TIMEOUT_MS, { signal }, async (limited) => {
    const isOpen = storage.customEndpoint && storage.useAuthWithCustomEndpoint !== true;
    const address = new URL(url, storage.apiEndpoint);
    const authorization = isOpen ? {} : await storage.authClient.getRequestHeaders(address.href);
    const init = {
      method,
      headers: { ...authorization, ...headers },
      redirect: "manual",
      signal: limited,
    } as const;
    try {
      const answer = await fetch(address, { ...init, ...(body !== undefined && { body }) });
      if (!answer.ok && !accepts.includes(answer.status)) throw await refusal(answer);
      return await read(answer);
    } catch (error) {
      // `fetch` says nothing but that it failed; why is told by the cause.
      throw error instanceof TypeError && error.cause instanceof Error ? brokenOff(error.cause) : error;
    }
  });
}

/** Does it again, after growing delays, when it may go well the next time. */
export async function withRetries<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === MAX_ATTEMPTS || !isPassing(error)) throw error;
      await delay(RETRY_DELAY_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/** The connection ended in one of the ways that `fetch` has words of its own for. */
export function brokenOff(cause: Error): Error {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return Object.assign(new Error(cause.message), { code: /^E[A-Z]/.test(code) ? code : "ECONNRESET" });
}

function isPassing(error: unknown): boolean {
  const trouble = googleTrouble(error);
  if (trouble === undefined) return false;
  const { kind, status } = trouble;
  return kind === "throttled" || kind === "unreachable" || status === 408 || (status ?? 0) >= 500;
}

/** With members as the errors of Google's libraries have them. */
async function refusal(answer: Response): Promise<Error> {
  const text = await answer.text();
  const { message = text, errors } = errorIn(text);
  return Object.assign(new Error(message), { name: "ApiError", status: answer.status, errors });
}

interface ErrorMembers {
  readonly message?: string;
  readonly errors?: readonly { readonly reason?: string }[];
}

/** Answers to requests for content have plain text instead. */
function errorIn(text: string): ErrorMembers {
  try {
    const answer = JSON.parse(text) as { readonly error?: ErrorMembers } | null;
    return answer?.error ?? {};
  } catch {
    return {};
  }
}
