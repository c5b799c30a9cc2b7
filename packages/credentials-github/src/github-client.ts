/** Calls of GitHub's API: with credentials, within time and rate limits, with one kind of error. */
import { setTimeout as delay } from "node:timers/promises";
import { type Secret, unlessAborted } from "@sluice/core";
import type { z } from "zod";
import { GitHubError } from "./github-error.ts";
import { type OpenAnswer, openAnswer } from "./open-answer.ts";
import { refusedAnswer } from "./refused-answer.ts";

const API_VERSION = "2022-11-28";
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** A rate limit that lasts longer is told to the caller instead. */
const LONGEST_PAUSE_MS = 60_000;

export interface GitHubRequest {
  /** Default GET. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  /** Below the API's URL, as `apiPath` makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Media type of the answer; default `application/vnd.github+json`. */
  readonly accept?: string | undefined;
  /** Whether doing it twice does no harm, so that it is tried again when the answer is lost. Default: for GET. */
  readonly isRepeatable?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GitHubClientOptions {
  readonly apiUrl: string;
  /** The block that has the credentials, for messages. */
  readonly credentials: string;
  /** Gives the present token; undefined without credentials. */
  readonly token: () => Promise<Secret | undefined>;
  /** Told that the token was refused; answers whether there may be another one now. */
  readonly onTokenRefused?: (() => boolean) | undefined;
}

/**
 * Calls of GitHub's API. Lost connections and failures of the server are tried again where that does no harm, refusals for
 * the number of calls always, once GitHub's time has passed, unless that takes more than a minute.
 */
export class GitHubClient {
  readonly #options: GitHubClientOptions;

  constructor(options: GitHubClientOptions) {
    this.#options = options;
  }

  /** The API's URL, without a slash at its end. */
  get apiUrl(): string {
    return this.#options.apiUrl;
  }

  /**
   * The answer, checked by a schema.
   *
   * @throws {GitHubError} when there is none, or it is no success
   */
  async call<Schema extends z.ZodType>(request: GitHubRequest, schema: Schema): Promise<z.output<Schema>> {
    const answer = await this.#open(request);
    return this.#parsed(request, schema, await answer.text());
  }

  /** A call whose answer does not matter, or has nothing in it. */
  async send(request: GitHubRequest): Promise<void> {
    const answer = await this.#open(request);
    await answer.text();
  }

  /** The answers of a list, page by page as the caller goes on. */
  async *pages<Schema extends z.ZodType>(
    request: GitHubRequest,
    schema: Schema,
  ): AsyncGenerator<z.output<Schema>, void, undefined> {
    let next: GitHubRequest | undefined = request;
    while (next !== undefined) {
      const answer: OpenAnswer = await this.#open(next);
      yield this.#parsed(next, schema, await answer.text());
      next = this.#nextPage(request, answer.headers);
    }
  }

  /** The answer as it is, with its headers. It has to be read or closed. */
  open(request: GitHubRequest): Promise<OpenAnswer> {
    return this.#open(request);
  }

  async #open(request: GitHubRequest): Promise<OpenAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(request);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (!(error instanceof GitHubError)) throw error;
        const pauseMs = this.#pauseAfter(error, request, attempt);
        if (pauseMs === undefined) throw error;
        await pause(pauseMs, request.signal);
      }
    }
  }

  async #attempt(request: GitHubRequest): Promise<OpenAnswer> {
    const {
      method = "GET",
      path,
      query = {},
      body,
      accept = "application/vnd.github+json",
      signal,
    } = request;
    const { apiUrl, credentials, token } = this.#options;
    const call = `${method} ${path}`;
    const url = new URL(`${apiUrl}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const secret = await unlessAborted(token(), signal);
    const headers = {
      accept,
      "user-agent": "sluice",
      "x-github-api-version": API_VERSION,
      ...(secret !== undefined && { authorization: `Bearer ${secret.reveal()}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await openAnswer({ url, init, signal, call });
    if (answer.ok) return answer;
    throw await refusedAnswer(answer, { call, credentials });
  }

  /** How long to wait before the next attempt; undefined when there is none. */
  #pauseAfter(error: GitHubError, request: GitHubRequest, attempt: number): number | undefined {
    if (attempt >= MAX_ATTEMPTS) return undefined;
    if (error.status === 401)
      return this.#options.onTokenRefused?.() === true && attempt === 1 ? 0 : undefined;
    if (error.trouble === "throttled") {
      const { retryAt } = error.details;
      const waitMs = retryAt instanceof Date ? Math.max(0, retryAt.getTime() - Date.now()) : LONGEST_PAUSE_MS;
      return waitMs <= LONGEST_PAUSE_MS ? waitMs : undefined;
    }
    const isRepeatable = request.isRepeatable ?? (request.method ?? "GET") === "GET";
    const isPassing = error.trouble === "unreachable" || error.trouble === "failed";
    return isRepeatable && isPassing
      ? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random())
      : undefined;
  }

  #parsed<Schema extends z.ZodType>(request: GitHubRequest, schema: Schema, text: string): z.output<Schema> {
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new GitHubError(
      `${this.apiUrl} answered ${request.method ?? "GET"} ${request.path} with something else than GitHub does (${where}). Check baseUrl.`,
      { trouble: "failed" },
    );
  }

  /** Only on the same server, since the credentials go there. */
  #nextPage(request: GitHubRequest, headers: Headers): GitHubRequest | undefined {
    const target = /<([^>]+)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1];
    if (target === undefined || !target.startsWith(`${this.apiUrl}/`)) return undefined;
    return { ...request, path: target.slice(this.apiUrl.length), query: {} };
  }
}

function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    // Whatever it is, the schema is going to say that it does not fit.
    return undefined;
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
