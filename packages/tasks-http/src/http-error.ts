/** Requests that failed. */
import { redactSecrets } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";
import type { ReadyRequest } from "./http-request.ts";

/** What is known of a failed request. */
interface HttpFailure {
  /** Absent: there was no answer. */
  readonly status?: number | undefined;
  /** The beginning of the answer. */
  readonly body?: string | undefined;
}

/** A request was refused, failed, or was not answered. Code `CREDENTIALS` for 401 and 403, else `EXTERNAL_SERVICE`. */
export class HttpError extends SluiceError {
  readonly status: number | undefined;
  /** The beginning of the answer, without secrets. */
  readonly body: string | undefined;

  constructor(message: string, { status, body }: HttpFailure = {}, cause?: unknown) {
    const isRefused = status === 401 || status === 403;
    super(isRefused ? "CREDENTIALS" : "EXTERNAL_SERVICE", message, { cause, details: { status } });
    this.status = status;
    this.body = body;
  }
}

const SHOWN_BODY = 300;

/** Method and URL, without what may be a secret in it. */
export function shownRequest({
  method,
  url,
  service,
}: Pick<ReadyRequest, "method" | "url" | "service">): string {
  const query = url.search === "" ? "" : "?…";
  const of = service === undefined ? "" : ` (${service})`;
  return redactSecrets(`${method} ${url.origin}${url.pathname}${query}${of}`);
}

/** An answer that is a failure. */
export function refusedRequest(request: ReadyRequest, status: number, text: string): HttpError {
  const body = redactSecrets(text);
  const words = body
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const said =
    words === "" ? "" : ` It says: ${words.length > SHOWN_BODY ? `${words.slice(0, SHOWN_BODY)}…` : words}`;
  const message = `${shownRequest(request)} was answered with ${status}. ${remedyFor(status, request)}${said}`;
  return new HttpError(message.trim(), { status, body });
}

/** No answer, or not all of it. */
export function brokenRequest(request: ReadyRequest, problem: string, cause?: unknown): HttpError {
  return new HttpError(`${shownRequest(request)} ${problem}`, {}, cause);
}

function remedyFor(status: number, { service }: ReadyRequest): string {
  const holder = service ?? "the request";
  if (status === 401) return `Check the credentials of ${holder}.`;
  if (status === 403)
    return `The credentials of ${holder} do not allow this. Use others, or get the permission.`;
  if (status === 404 || status === 410) return "Check the URL.";
  if (status === 405) return "Check the method.";
  if (status === 413) return "Send less.";
  if (status === 429) return "Send fewer requests, or send them later.";
  return status >= 500 ? "Try again later." : "Correct the request.";
}
