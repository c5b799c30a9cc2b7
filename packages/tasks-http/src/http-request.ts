/** Requests as they are written, and as they are sent. */
import { type FileContent, findRunContext, registerSecret, Secret } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { basic, HttpService } from "./http-service.ts";

/** A value of a query: lists become several, and what is undefined is left out. */
export type QueryValue = string | number | bigint | boolean | Date | undefined;

export interface HttpRequest {
  /** With a service it may be a path, which is below the service's URL. */
  readonly url: string | URL;
  /** Whom it goes to, and with which credentials: a block, or the name of a saved one. */
  readonly service?: HttpService | string | undefined;
  /** Default GET. */
  readonly method?: string | undefined;
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>> | undefined;
  readonly headers?: Readonly<Record<string, string | Secret | undefined>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Sent as it is. What is streamed can be sent once only. */
  readonly body?: FileContent | undefined;
  /**
   * Whether the request may be sent again although it may have been carried out. Default: what RFC 9110 says of its method;
   * yes for GET, HEAD, OPTIONS, TRACE, PUT and DELETE.
   */
  readonly isIdempotent?: boolean | undefined;
  /** How often it is sent again. Default 3. */
  readonly retries?: number | undefined;
  /** Longest time without an answer, and without another byte of it. Default 30. */
  readonly timeoutSeconds?: number | undefined;
  /** Statuses from 400 on that are no failure, such as 404. */
  readonly allowedStatuses?: readonly number[] | undefined;
  /** A longer answer is an error, because it is held in memory. Default 10,485,760. */
  readonly maxBytes?: number | undefined;
}

/** Makes the body anew for each time it is sent. */
export type BodySource = () => { readonly content: FileContent };

/** A request that is ready to be sent. */
export interface ReadyRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Only for the origin of `trustedOrigin`. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly trustedOrigin: string;
  readonly body: BodySource | undefined;
  readonly isBodyRepeatable: boolean;
  readonly isIdempotent: boolean;
  readonly retries: number;
  readonly timeoutSeconds: number;
  readonly allowedStatuses: readonly number[];
  readonly maxBytes: number;
  /** In messages. */
  readonly service: string | undefined;
}

const DEFAULT_RETRIES = 3;
const DEFAULT_TIMEOUT_SECONDS = 30;
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
const LONGEST_TIMEOUT_SECONDS = 86_400;

/** @throws {InvalidRequestError} when it cannot be sent */
export async function readyRequest(request: HttpRequest): Promise<ReadyRequest> {
  const service = await serviceOf(request.service);
  const method = (request.method ?? "GET").toUpperCase();
  const { url, credentials: ofUrl } = withoutCredentials(targetOf(request, service));
  const { body, contentType, isRepeatable } = bodyOf(request);
  const given = givenHeaders(request.headers);
  const { credentials, headers } = apart(given);
  const { retries = DEFAULT_RETRIES, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = request;
  const { allowedStatuses = [], maxBytes = DEFAULT_MAX_BYTES } = request;
  checkNumber("retries", retries, 100);
  checkNumber("timeoutSeconds", timeoutSeconds, LONGEST_TIMEOUT_SECONDS);
  return {
    url,
    method,
    headers: { ...(contentType !== undefined && { "content-type": contentType }), ...headers },
    credentials: { ...service?.credentialHeaders(), ...ofUrl, ...credentials },
    trustedOrigin: service === undefined ? url.origin : new URL(service.baseUrl).origin,
    body,
    isBodyRepeatable: isRepeatable,
    isIdempotent: request.isIdempotent ?? (IDEMPOTENT_METHODS.has(method) || "idempotency-key" in given),
    retries,
    timeoutSeconds,
    allowedStatuses,
    maxBytes,
    service: service?.blockReference,
  };
}

async function serviceOf(service: HttpRequest["service"]): Promise<HttpService | undefined> {
  return typeof service === "string"
    ? HttpService.load(service, { signal: findRunContext()?.signal })
    : service;
}

function targetOf({ url: given, query = {} }: HttpRequest, service: HttpService | undefined): URL {
  const text = String(given);
  // A path with a slash before it is meant below the service too, not at the root of its host.
  const base = service?.baseUrl.replace(/\/*$/, "/");
  const relative = base === undefined ? text : text.replace(/^\/+(?!\/)/, "");
  if (!URL.canParse(relative, base)) {
    throw new InvalidRequestError(
      `"${shownText(text)}" is no URL. Write it with https://, or give the service whose path it is.`,
    );
  }
  const url = new URL(relative, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new InvalidRequestError(`${url.protocol}//${url.host} is no URL of HTTP. Write it with https://.`);
  }
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat() as readonly QueryValue[]) {
      if (value !== undefined)
        url.searchParams.append(name, value instanceof Date ? value.toISOString() : String(value));
    }
  }
  return url;
}

/** What stands before the host is for its server alone, and nothing that a URL may show. */
function withoutCredentials(given: URL): {
  readonly url: URL;
  readonly credentials: Readonly<Record<string, string>>;
} {
  if (given.username === "" && given.password === "") return { url: given, credentials: {} };
  const [username, password] = [given.username, given.password].map(decodeURIComponent) as [string, string];
  registerSecret(password);
  const url = new URL(given);
  url.username = "";
  url.password = "";
  return { url, credentials: { authorization: basic(username, password) } };
}

function givenHeaders(given: HttpRequest["headers"] = {}): Readonly<Record<string, string | Secret>> {
  const entries = Object.entries(given).filter(
    (entry): entry is [string, string | Secret] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Secrets, and headers that are meant for them, go to the origin that is asked only. */
function apart(
  given: Readonly<Record<string, string | Secret>>,
): Record<"credentials" | "headers", Record<string, string>> {
  const found = { credentials: {} as Record<string, string>, headers: {} as Record<string, string> };
  for (const [name, value] of Object.entries(given)) {
    const isCredential = value instanceof Secret || CREDENTIAL_HEADERS.has(name);
    found[isCredential ? "credentials" : "headers"][name] = value instanceof Secret ? value.reveal() : value;
  }
  return found;
}

interface Body {
  readonly body: BodySource | undefined;
  readonly contentType?: string;
  readonly isRepeatable: boolean;
}

function bodyOf({ json, form, body }: HttpRequest): Body {
  if ([json, form, body].filter((given) => given !== undefined).length > 1) {
    throw new InvalidRequestError("A request has one body: give json, form or body.");
  }
  if (json !== undefined) {
    const text = JSON.stringify(json);
    return { body: () => ({ content: text }), contentType: "application/json", isRepeatable: true };
  }
  if (form !== undefined) {
    const entries = Object.entries(form).map(([name, value]) => [name, String(value)] as const);

    const text = new URLSearchParams(Object.fromEntries(entries)).toString();
    return {
      body: () => ({ content: text }),
      contentType: "application/x-www-form-urlencoded",
      isRepeatable: true,
    };
  }
  if (body === undefined) return { body: undefined, isRepeatable: true };
  return {
    body: () => ({ content: body }),
    isRepeatable: typeof body === "string" || body instanceof Uint8Array,
  };
}

function checkNumber(name: string, value: number, max: number): void {
  if (value >= 0 && value <= max) return;
  throw new InvalidRequestError(`${name} is ${value}, but must be a number from 0 to ${max}.`);
}

/** Of what was meant as a URL: nothing that may be a secret. */
function shownText(text: string): string {
  return text.replace(/\/\/[^/@]*@/, "//****@").replace(/[?#].*$/s, "");
}
