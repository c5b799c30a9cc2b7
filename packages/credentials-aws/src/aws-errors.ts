/** The errors of AWS: what they mean for the caller, and without what must not be shown. */
import { NETWORK_CODES } from "@sluice/core";
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** Credentials are missing, do not fit together, or are refused. */
export class AwsCredentialsError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CREDENTIALS", message, options);
  }
}

/** A service of AWS failed or refused for another reason. */
export class AwsServiceError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("EXTERNAL_SERVICE", message, options);
  }
}

/** What went wrong in a call, whichever the service. */
export interface AwsTrouble {
  readonly kind: "denied" | "throttled" | "unreachable" | "other";
  /** The service's code, such as `AccessDenied`, or that of the network, such as `ECONNREFUSED`. */
  readonly code: string;
  readonly status: number | undefined;
  /** How often the call was made, the first one included. */
  readonly attempts: number | undefined;
  /** Why, and what to do: sentences. */
  readonly explanation: string;
  /** The error without what the SDK attaches to it: the request that was signed, with a session's token in it. */
  readonly cause: Error;
}

const DENIED: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "The access key is unknown. Check awsAccessKeyId and the endpoint.",
  InvalidClientTokenId: "The access key is unknown. Check awsAccessKeyId and the endpoint.",
  UnrecognizedClientException: "The access key is unknown. Check awsAccessKeyId and the endpoint.",
  SignatureDoesNotMatch: "The signature does not match. Check awsSecretAccessKey.",
  InvalidSignatureException: "The signature does not match. Check awsSecretAccessKey.",
  ExpiredToken:
    "The session has expired. Get a new session token, or use a profile or a role, which renew theirs.",
  ExpiredTokenException:
    "The session has expired. Get a new session token, or use a profile or a role, which renew theirs.",
  RequestExpired: "The request is too old. Check the clock of this machine.",
  RequestTimeTooSkewed: "The clock of this machine differs too much from that of the service. Set it.",
  InvalidToken: "The session token is malformed. Check awsSessionToken.",
  InvalidIdentityToken:
    "The web identity token is refused. Check webIdentityTokenFile and the role's trust policy.",
  CredentialsProviderError:
    "No usable credentials were found. Give keys, a profile or a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  TokenProviderError: "The single sign-on has ended. Run `aws sso login` for the profile.",
};

const THROTTLED: ReadonlySet<string> = new Set([
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "BandwidthLimitExceeded",
  "ProvisionedThroughputExceededException",
]);

const UNREACHABLE: ReadonlySet<string> = new Set([...NETWORK_CODES, "TimeoutError", "NetworkingError"]);

/** What an error of the SDK means; undefined for errors that are not its own. */
export function awsTrouble(error: unknown): AwsTrouble | undefined {
  if (!(error instanceof Error) || error instanceof SluiceError || error.name === "AbortError")
    return undefined;
  const { httpStatusCode: status, attempts } = metadataOf(error);
  const code = codeOf(error);
  const cause = Object.assign(new Error(error.message), { name: error.name, code, status });
  return { code, status, attempts, cause, ...meaningOf(error, code, status) };
}

function meaningOf(
  error: Error,
  code: string,
  status: number | undefined,
): Pick<AwsTrouble, "kind" | "explanation"> {
  const said = `${code}: ${error.message}`;
  const denied = DENIED[code];
  if (denied !== undefined) return { kind: "denied", explanation: `${denied} (${said})` };
  if (status === 401 || status === 403) {
    const remedy = "The credentials are not allowed to do this. Grant the permission, or use others.";
    return { kind: "denied", explanation: `${remedy} (${said})` };
  }
  if (THROTTLED.has(code) || status === 429 || status === 503) {
    const remedy = "The service is called too often. Lower the concurrency, or try again later.";
    return { kind: "throttled", explanation: `${remedy} (${said})` };
  }
  if (UNREACHABLE.has(code)) {
    const remedy = "The service cannot be reached. Check the endpoint, the region and the network.";
    return { kind: "unreachable", explanation: `${remedy} (${said})` };
  }
  if (error.message.includes("Deserialization error")) {
    const remedy = `The answer (status ${status}) is not one of AWS. Check the endpoint, and what is between.`;
    return { kind: "other", explanation: remedy };
  }
  return { kind: "other", explanation: said };
}

function metadataOf(error: Error): { readonly httpStatusCode?: number; readonly attempts?: number } {
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  return typeof metadata === "object" && metadata !== null ? metadata : {};
}

/** Errors of the network have a code beside their name; those of services are called by it. */
function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name;
}
