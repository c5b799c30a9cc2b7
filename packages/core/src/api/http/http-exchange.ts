/** One request and its answer, within a time. */
import { HistoryUnavailableError } from "@sluice/protocol";

export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Until the answer has been read whole. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** No answer came. */
export class NoAnswerError extends HistoryUnavailableError {
  /** Whether the request certainly did nothing: nobody listened. */
  readonly isUnsent: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly isUnsent: boolean }) {
    super(message, { cause: options.cause });
    this.isUnsent = options.isUnsent;
  }
}

const MAX_REDIRECTS = 5;
const TEMPORARY_REDIRECT = 307;
const PERMANENT_REDIRECT = 308;

/**
 * The answer, whatever its status. Redirects that keep the method are followed on the same origin only, as credentials go
 * with the request.
 *
 * @throws {NoAnswerError} when the server cannot be reached, or not in time.
 * @throws {HistoryUnavailableError} when it redirects to another origin, or without end.
 * @throws the signal's reason when it aborts.
 */
export async function exchange(request: ExchangeRequest): Promise<HttpAnswer> {
  let { url } = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await exchangeOnce({ ...request, url });
    if (answer.status !== TEMPORARY_REDIRECT && answer.status !== PERMANENT_REDIRECT) return answer;
    url = redirectTarget(url, answer);
  }
  throw new HistoryUnavailableError(`The server at ${request.url.origin} redirects without end.`);
}

function redirectTarget(from: URL, answer: HttpAnswer): URL {
  const location = answer.headers.get("location");
  if (location === null || !URL.canParse(location, from.href)) {
    throw new HistoryUnavailableError(`The server at ${from.origin} redirects to nowhere.`);
  }
  const target = new URL(location, from);
  if (target.origin === from.origin) return target;
  throw new HistoryUnavailableError(
    `The server at ${from.origin} redirects to ${target.origin}. If that is right, use its URL as api.url (SLUICE_API_URL).`,
  );
}

async function exchangeOnce(request: ExchangeRequest): Promise<HttpAnswer> {
  const { method, url, headers, body, timeoutMs, signal } = request;
  signal?.throwIfAborted();
  const ending = new AbortController();
  const onAbort = (): void => ending.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    ending.abort();
  }, timeoutMs);
  try {
    const init = { method, headers, redirect: "manual", signal: ending.signal } as const;
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    signal?.throwIfAborted();
    throw noAnswer(url, error, isLate ? timeoutMs : undefined);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function noAnswer(url: URL, error: unknown, lateMs: number | undefined): NoAnswerError {
  const place = `${url.origin}${url.pathname}`;
  if (lateMs !== undefined) {
    const message = `The server did not answer ${place} within ${lateMs / 1000} s (setting api.request_timeout_seconds).`;
    return new NoAnswerError(message, { cause: error, isUnsent: false });
  }
  // fetch says what happened in its cause.
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const message = `The server cannot be reached at ${place} (${code}). Is it running, and is api.url (SLUICE_API_URL) right?`;
  return new NoAnswerError(message, { cause, isUnsent: UNSENT_CODES.has(code) });
}

const UNSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
