/** One request and the beginning of its answer, redirects included. */
import { contentChunks, isUnsent } from "@sluice/core";
import { brokenRequest, HttpError } from "./http-error.ts";
import type { ReadyRequest } from "./http-request.ts";
import { IdleTimer } from "./idle-timer.ts";

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Redirects that may make another method of the request. */
const METHOD_CHANGING: ReadonlySet<number> = new Set([301, 302, 303]);

/** An answer whose body has not been read. It has to be read to its end, or closed. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** The bytes, as they come. Ends with a `BrokenAnswerError` when they stay away, and with the signal's reason when it aborts. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  close(): void;
}

/** The request was not answered. */
export class NoAnswerError extends HttpError {
  /** Whether it certainly did nothing. */
  readonly isUnsent: boolean;

  constructor(error: HttpError) {
    super(error.message, {}, error.cause);
    this.isUnsent = isUnsent(error.cause);
  }
}

/** An answer broke off. */
export class BrokenAnswerError extends HttpError {
  constructor(error: HttpError) {
    super(error.message, {}, error.cause);
  }
}

/**
 * @throws {NoAnswerError} when there is no answer
 * @throws the signal's reason when it aborts
 */
export async function exchange(request: ReadyRequest, signal: AbortSignal | undefined): Promise<OpenAnswer> {
  let current = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await exchangeOnce(current, signal);
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    answer.close();
    current = redirected(current, answer.status, location);
  }
  throw brokenRequest(request, `is redirected more than ${MAX_REDIRECTS} times. Check the URL.`);
}

function redirected(request: ReadyRequest, status: number, location: string): ReadyRequest {
  if (!URL.canParse(location, request.url.href))
    throw brokenRequest(request, "is redirected to what is no URL.");
  const url = new URL(location, request.url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw brokenRequest(request, `is redirected to ${url.protocol}//${url.host}, which is no URL of HTTP.`);
  }
  const { method, body } = request;
  // As browsers do: RFC 9110 allows a POST to become a GET.
  if (METHOD_CHANGING.has(status) && (status === 303 ? method !== "HEAD" : method === "POST")) {
    const { "content-type": _, ...headers } = request.headers;
    return { ...request, url, method: "GET", headers, body: undefined };
  }
  if (body !== undefined && !request.isBodyRepeatable) {
    throw brokenRequest(
      request,
      `is redirected to ${url.origin}, but its body can be sent once only. Use the URL there.`,
    );
  }
  return { ...request, url };
}

async function exchangeOnce(request: ReadyRequest, signal: AbortSignal | undefined): Promise<OpenAnswer> {
  signal?.throwIfAborted();
  const { url, method, timeoutSeconds } = request;
  const ending = new AbortController();
  const timer = new IdleTimer(timeoutSeconds * 1000, () => ending.abort());
  const onAbort = (): void => ending.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const close = (): void => {
    timer.stop();
    signal?.removeEventListener("abort", onAbort);
    ending.abort();
  };
  const explain = (error: unknown): unknown => {
    signal?.throwIfAborted();
    if (!timer.isOver) return brokenRequest(request, problemOf(error), causeOf(error));
    return brokenRequest(
      request,
      `was not answered for ${timeoutSeconds} s. Try again later, or raise timeoutSeconds.`,
    );
  };
  try {
    const response = await fetch(url, {
      method,
      headers: headersFor(request),
      redirect: "manual",
      signal: ending.signal,
      ...bodyFor(request, timer, ending.signal),
    });
    timer.touch();
    const { status, headers } = response;
    return { status, headers, url, close, chunks: () => chunksOf(response, { timer, close, explain }) };
  } catch (error) {
    const failure = explain(error);
    close();
    throw failure instanceof HttpError ? new NoAnswerError(failure) : failure;
  }
}

function headersFor({ url, trustedOrigin, headers, credentials }: ReadyRequest): Record<string, string> {
  return { ...headers, ...(url.origin === trustedOrigin ? credentials : {}) };
}

function bodyFor({ body }: ReadyRequest, timer: IdleTimer, signal: AbortSignal): RequestInit {
  if (body === undefined) return {};
  const { content } = body();
  if (typeof content === "string" || content instanceof Uint8Array) return { body: content };
  async function* sent(): AsyncGenerator<Uint8Array> {
    for await (const chunk of contentChunks(content, signal)) {
      timer.touch();
      yield chunk;
    }
  }
  return { body: sent(), duplex: "half" } as RequestInit;
}

interface Reading {
  readonly timer: IdleTimer;
  close(): void;
  explain(error: unknown): unknown;
}

async function* chunksOf(
  response: Response,
  { timer, close, explain }: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (response.body === null) return;
    const chunks = (response.body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    for (;;) {
      timer.touch();
      const { done, value } = await chunks.next().catch((error: unknown) => {
        const failure = explain(error);
        throw failure instanceof HttpError ? new BrokenAnswerError(failure) : failure;
      });
      if (done === true) return;
      // Time that the reader takes does not count.
      timer.stop();
      yield value;
    }
  } finally {
    close();
  }
}

/** fetch tells in the cause of its error what happened. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function problemOf(error: unknown): string {
  const cause = causeOf(error);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const words = code ?? (cause instanceof Error ? cause.message : String(cause));
  const remedy = code === "ENOTFOUND" || code === "ECONNREFUSED" ? " Check the host and the port." : "";
  return `failed: ${words}.${remedy}`;
}
