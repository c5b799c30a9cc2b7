/** The errors of Azure's SDK: what they mean for the caller, and without what must not be shown. */
import { NETWORK_CODES } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";

export interface AzureTrouble {
  readonly kind: "denied" | "throttled" | "unreachable" | "other";
  /** Azure's code, such as `BlobNotFound`, or that of the network, such as `ECONNREFUSED`; else the error's name. */
  readonly code: string;
  readonly status: number | undefined;
  /** Why, and what to do: sentences. */
  readonly explanation: string;
  /** The error without what the SDK attaches to it: the request, with a token or a signature in it. */
  readonly cause: Error;
}

const DENIED: Readonly<Record<string, string>> = {
  AuthenticationFailed:
    "The key, token or shared access signature is wrong or has expired. Check the credentials, and the clock of this machine.",
  AuthorizationFailure:
    "The account refuses: the shared access signature does not allow this or has expired, or a network rule forbids it. Make a new one, or let this address in.",
  AuthorizationPermissionMismatch:
    'The identity has no permission for this. Give it the role "Storage Blob Data Contributor", or a shared access signature with the permission.',
  AuthorizationProtocolMismatch: "The shared access signature is for HTTPS only. Use an https URL.",
  KeyBasedAuthenticationNotPermitted:
    "The account takes no keys. Use an application or an identity in place of the account key.",
  InvalidAuthenticationInfo: "The token is not for this account. Check tenantId and accountUrl.",
  NoAuthenticationInformation: "The account lets nobody in without credentials. Give some.",
  AuthenticationError:
    "The authority gave no token. Check tenantId, clientId and clientSecret, and whether the secret has expired.",
  AuthenticationRequiredError:
    "The authority gave no token. Check tenantId, clientId and clientSecret, and whether the secret has expired.",
  CredentialUnavailableError: "No identity was found. Give an application's secret, or run `az login`.",
  AggregateAuthenticationError:
    "No identity was found. Give an application's secret, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`.",
};

const UNREACHABLE: ReadonlySet<string> = new Set([...NETWORK_CODES, "REQUEST_SEND_ERROR"]);

/** In the words of the library that asks for tokens, whose errors have names only. */
const NO_AUTHORITY = /endpoints_resolution_error|network_error|openid_config_error/;

/** What an error of the SDK means; undefined for errors that are not its own. */
export function azureTrouble(error: unknown): AzureTrouble | undefined {
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
): Pick<AzureTrouble, "kind" | "explanation"> {
  if (NO_AUTHORITY.test(said)) {
    const remedy =
      "The authority that gives tokens cannot be reached. Check tenantId, authorityHost and the network.";
    return { kind: "unreachable", explanation: `${remedy} (${said})` };
  }
  const denied = DENIED[code];
  if (denied !== undefined) return { kind: "denied", explanation: `${denied} (${said})` };
  if (status === 401 || status === 403) {
    const remedy = "The credentials are not allowed to do this. Grant the permission, or use others.";
    return { kind: "denied", explanation: `${remedy} (${said})` };
  }
  if (code === "ServerBusy" || status === 429 || status === 503) {
    const remedy = "The account is called too often. Lower the concurrency, or try again later.";
    return { kind: "throttled", explanation: `${remedy} (${said})` };
  }
  if (UNREACHABLE.has(code)) {
    const remedy = "The account cannot be reached. Check its URL and the network.";
    return { kind: "unreachable", explanation: `${remedy} (${said})` };
  }
  return { kind: "other", explanation: said };
}

function statusOf(error: Error): number | undefined {
  return "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
}

function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
  return codeInHeader(error) ?? error.name;
}

/** Where answers without a body have it, such as those to HEAD. */
function codeInHeader(error: Error): string | undefined {
  const { response } = error as { readonly response?: { readonly headers?: ReadableHeaders } };
  return response?.headers?.get("x-ms-error-code");
}

interface ReadableHeaders {
  get(name: string): string | undefined;
}

/** The first line: what follows are numbers and times of the request. Signatures in URLs are left out. */
function shown(message: string): string {
  const [line = ""] = message.trim().split("\n");
  return line.replace(/(?<=[?&]sig=)[^&\s"']+/g, "****");
}
