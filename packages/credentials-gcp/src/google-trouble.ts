/** The errors of Google's libraries: what they mean for the caller, and without what must not be shown. */
import { NETWORK_CODES } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";

export interface GoogleTrouble {
  readonly kind: "denied" | "throttled" | "unreachable" | "other";
  /** Google's reason, such as `rateLimitExceeded`, the network's, such as `ECONNREFUSED`, else the error's name. */
  readonly code: string;
  readonly status: number | undefined;
  /** Why, and what to do: sentences. */
  readonly explanation: string;
  /** The error without what the libraries attach to it: the request, with a token in it. */
  readonly cause: Error;
}

const DENIED: Readonly<Record<string, string>> = {
  invalid_grant:
    "The key is refused: it was deleted or disabled, or the clock of this machine is wrong. Make a new key, or set the clock.",
  invalid_client: "The identity is unknown. Check the credentials.",
  unauthorized_client: "The identity may not get tokens for this. Check the credentials.",
  accountDisabled: "The account is disabled. Enable it, or use other credentials.",
  SigningError:
    "What signs is missing. Use the key of a service account, or impersonateServiceAccount, with the role Service Account Token Creator.",
};

const THROTTLED: ReadonlySet<string> = new Set([
  ...["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"],
  ...["RESOURCE_EXHAUSTED", "backendError", "SlowDown"],
]);

const UNREACHABLE: ReadonlySet<string> = new Set([...NETWORK_CODES, "ERR_STREAM_PREMATURE_CLOSE"]);

/** In the words of the library, whose errors about what it has not found have nothing else. */
const NO_CREDENTIALS =
  /Could not load the default credentials|Could not refresh access token|No key or keyFile set/;
const BAD_KEY = /DECODER routines|PEM|asn1|private key/i;

/** What an error of Google's libraries means; undefined for errors that are not theirs. */
export function googleTrouble(error: unknown): GoogleTrouble | undefined {
  if (!(error instanceof Error) || error instanceof SluiceError || error.name === "AbortError") {
    return undefined;
  }
  const status = statusOf(error);
  const code = codeOf(error);
  const message = shown(error.message);
  const cause = Object.assign(new Error(message), { name: error.name, code, status });
  return { code, status, cause, ...meaningOf(code, status, `${code}: ${message}`) };
}

function meaningOf(
  code: string,
  status: number | undefined,
  said: string,
): Pick<GoogleTrouble, "kind" | "explanation"> {
  const denied = DENIED[code];
  if (denied !== undefined) return { kind: "denied", explanation: `${denied} (${said})` };
  if (NO_CREDENTIALS.test(said)) {
    const remedy =
      "No usable credentials were found. Give the key of a service account, set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`.";
    return { kind: "denied", explanation: `${remedy} (${said})` };
  }
  if (THROTTLED.has(code) || status === 429 || status === 503) {
    const remedy = "The service is called too often. Lower the concurrency, or try again later.";
    return { kind: "throttled", explanation: `${remedy} (${said})` };
  }
  if (status === 401) {
    const remedy = "The credentials are not accepted. Check the key, and whether it was deleted or disabled.";
    return { kind: "denied", explanation: `${remedy} (${said})` };
  }
  if (status === 403) {
    const remedy =
      "The identity is not allowed to do this. Grant it a role with the permission, or use another.";
    return { kind: "denied", explanation: `${remedy} (${said})` };
  }
  if (UNREACHABLE.has(code)) {
    const remedy = "The service cannot be reached. Check the endpoint and the network.";
    return { kind: "unreachable", explanation: `${remedy} (${said})` };
  }
  if (status === undefined && BAD_KEY.test(said)) {
    return { kind: "denied", explanation: `The private key is damaged. Download the key again. (${said})` };
  }
  return { kind: "other", explanation: said };
}

interface GoogleError {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly errors?: readonly { readonly reason?: unknown }[];
  readonly response?: { readonly status?: unknown; readonly data?: unknown };
}

/** Some have it as `code`, as a number or as text. */
function statusOf(error: Error & GoogleError): number | undefined {
  const { code, status, response } = error;
  const found = [status, response?.status, code].map(Number).find((each) => each >= 400 && each < 600);
  return found;
}

function codeOf(error: Error & GoogleError): string {
  const { code, errors, response } = error;
  const reason = errors?.[0]?.reason ?? reasonIn(response?.data);
  if (typeof reason === "string") return reason;
  return typeof code === "string" && Number.isNaN(Number(code)) ? code : error.name;
}

/** `{"error": "invalid_grant"}` of those who give tokens, `{"error": {"status": "NOT_FOUND"}}` of services. */
function reasonIn(data: unknown): unknown {
  if (typeof data !== "object" || data === null || !("error" in data)) return undefined;
  const { error } = data;
  return typeof error === "object" && error !== null && "status" in error ? error.status : error;
}

/** The first line, without signatures in URLs. */
function shown(message: string): string {
  const [line = ""] = message.trim().split("\n");
  return line.replace(/(?<=[?&](X-Goog-Signature|upload_id|access_token)=)[^&\s"']+/gi, "****");
}
