/** What errors of PostgreSQL, of its driver and of the network mean, and what to do. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/**
 * - `denied`: who asks is not let in, or may not do this
 * - `tls`: the two sides do not agree on an encrypted connection
 * - `missing`: there is no such database
 * - `unreachable`: there was no connection
 * - `busy`: the server takes no more connections, or none now
 * - `lost`: the connection ended in the middle
 * - `cancelled`: the statement was stopped, by a person or its time limit
 * - `conflict`: other transactions were in the way; the same again may succeed
 * - `constraint`: the data is not allowed
 * - `statement`: the statement is wrong
 * - `rows`: what it gives is not what was asked for
 */
export type DatabaseTroubleKind =
  | "denied"
  | "tls"
  | "missing"
  | "unreachable"
  | "busy"
  | "lost"
  | "cancelled"
  | "conflict"
  | "constraint"
  | "statement"
  | "rows"
  | "other";

/** Credentials do not fit together, or are refused. */
export class DatabaseCredentialsError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CREDENTIALS", message, options);
  }
}

/** A database failed or refused for another reason; `kind` says which. */
export class DatabaseError extends SluiceError {
  readonly kind: DatabaseTroubleKind;
  /** PostgreSQL's five characters, or the code of the network. */
  readonly sqlState: string | undefined;

  constructor(
    message: string,
    trouble: { kind: DatabaseTroubleKind; code?: string | undefined },
    cause?: unknown,
  ) {
    super("EXTERNAL_SERVICE", message, { cause, details: { kind: trouble.kind, sqlState: trouble.code } });
    this.kind = trouble.kind;
    this.sqlState = trouble.code;
  }
}

export interface DatabaseTrouble {
  readonly kind: DatabaseTroubleKind;
  readonly code: string | undefined;
  /** Sentences: what is wrong, and what to do. */
  readonly explanation: string;
}

interface Meaning {
  readonly kind: DatabaseTroubleKind;
  readonly remedy: string;
}

/** By SQLSTATE, else by its class, which is the first two characters. */
const BY_STATE: Readonly<Record<string, Meaning>> = {
  "28P01": { kind: "denied", remedy: "Check username and password." },
  "28": { kind: "denied", remedy: "Check username, host and tls, and the server's pg_hba.conf." },
  "42501": { kind: "denied", remedy: "Grant the permission to the user, or use another one." },
  "3D000": { kind: "missing", remedy: "Check database." },
  "53300": {
    kind: "busy",
    remedy: "Lower maxConnections or the concurrency of the flow, or raise max_connections of the server.",
  },
  "53": { kind: "busy", remedy: "The server is short of what it needs; see its logs." },
  "57P03": { kind: "busy", remedy: "The server is starting or stopping. Try again later." },
  "57014": { kind: "cancelled", remedy: "It was stopped by a person or a time limit (statement_timeout)." },
  "57P": { kind: "lost", remedy: "The server ended the connection, and what the statement did is undone." },
  "08": { kind: "lost", remedy: "Whether the statement took effect is not known." },
  "40": { kind: "conflict", remedy: "Run the transaction again: give the task retries." },
  "55P03": { kind: "conflict", remedy: "Another transaction holds the lock. Run it again later." },
  "23": { kind: "constraint", remedy: "Correct the data." },
  "22": { kind: "statement", remedy: "Correct the values." },
  "42": { kind: "statement", remedy: "Correct the statement." },
};

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there. Check host and port, and that the server runs",
  ENOTFOUND: "there is no such host. Check host",
  EAI_AGAIN: "the name of the host cannot be looked up now. Check host and the network",
  EHOSTUNREACH: "there is no way to the host. Check host and the network",
  ENETUNREACH: "there is no way to the host. Check host and the network",
  ETIMEDOUT: "there was no answer in time. Check host, port and firewalls",
  ENOENT: "there is no such socket. Check host and port, and that the server runs",
  EACCES: "the socket is not for this user. Check the permissions of its directory",
};

const CERTIFICATE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_OSSL_|HOSTNAME_MISMATCH|EPROTO)/;
const LOST_WORDS = /connection terminated|connection ended|client has encountered a connection error/i;
const LATE_WORDS = /timeout expired|connection timeout/i;
const SHOWN_DETAIL = 300;

/** What an error means; undefined for what is no error of a database, its driver or the network. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (!(error instanceof Error) || error instanceof SluiceError || error.name === "AbortError")
    return undefined;
  const code = codeOf(error);
  if (code !== undefined) return codedTrouble(error, code);
  const { message } = error;
  if (message.includes("does not support SSL")) {
    return tlsTrouble(code, "the server has no TLS. Set tls.mode to disable, or turn TLS on at the server");
  }
  if (/password must be a string|no password/i.test(message)) {
    return { kind: "denied", code, explanation: "the server asks for a password. Give password." };
  }
  if (LATE_WORDS.test(message)) {
    return { kind: "unreachable", code, explanation: `${UNREACHABLE["ETIMEDOUT"]}.` };
  }
  if (LOST_WORDS.test(message)) {
    const explanation = `the connection was lost (${message}). Whether the statement took effect is not known.`;
    return { kind: "lost", code, explanation };
  }
  return undefined;
}

function codedTrouble(error: Error, code: string): DatabaseTrouble | undefined {
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) {
    return { kind: "unreachable", code, explanation: `${unreachable} (${code}).` };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    const explanation = `the connection was lost (${code}). Whether the statement took effect is not known.`;
    return { kind: "lost", code, explanation };
  }
  if (CERTIFICATE.test(code)) return tlsTrouble(code, certificateWords(error, code));
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  // The rule that did not match says whether it was for want of encryption.
  if (code === "28000" && error.message.includes("no encryption")) {
    return tlsTrouble(code, `${error.message}. If the server wants TLS, set tls.mode to verify-full`);
  }
  const { kind, remedy } =
    BY_STATE[code] ?? BY_STATE[code.slice(0, 3)] ?? BY_STATE[code.slice(0, 2)] ?? OTHER;
  return { kind, code, explanation: `${saidBy(error)} (${code}). ${remedy}`.trimEnd() };
}

const OTHER: Meaning = { kind: "other", remedy: "" };

function tlsTrouble(code: string | undefined, words: string): DatabaseTrouble {
  return { kind: "tls", code, explanation: `${words}.` };
}

function certificateWords(error: Error, code: string): string {
  const problem = `the server's certificate is not accepted (${code}: ${error.message.split("\n", 1)[0]})`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `${problem}. Use the host that the certificate is for, or tls.mode verify-ca`;
  }
  if (code === "CERT_HAS_EXPIRED") return `${problem}. Renew it at the server`;
  return `${problem}. Give the certificate of the authority that signed it as tls.ca`;
}

function saidBy(error: Error): string {
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : "";
  return [error.message, detail.slice(0, SHOWN_DETAIL)].filter((words) => words !== "").join(": ");
}

/** When a name has several addresses, there is an error for each, and one for all. */
function codeOf(error: Error): string | undefined {
  if ("code" in error && typeof error.code === "string") return error.code;
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first instanceof Error ? codeOf(first) : undefined;
}
