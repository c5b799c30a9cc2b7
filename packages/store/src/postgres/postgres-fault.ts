/** What PostgreSQL and the way to it can say, and what each means to the person whose history it is. */
import { ConflictError, HistoryUnavailableError, InvalidRequestError, SluiceError } from "@sluice/protocol";

interface Fault {
  readonly what: string;
  readonly remedy: string;
}

const AWAY: Fault = {
  what: "cannot be reached",
  remedy: "Start it, or check host, port and network; the connection is made again by the next call",
};
const WENT_AWAY: Fault = {
  what: "ended the connection",
  remedy: "Check whether it is running; the connection is made again by the next call",
};
const BUSY: Fault = {
  what: "did not answer in time",
  remedy: "Check its load and locks, or give it more time (timeoutSeconds) or connections (maxConnections)",
};
const LOGIN: Fault = {
  what: "refuses the login",
  remedy: "Check user and password in the URL, and that this user may connect from here (pg_hba.conf)",
};
const FULL: Fault = {
  what: "cannot be written because its disk or memory is full",
  remedy: "Free some space and go on; everything recorded before is kept and readable",
};
const READ_ONLY: Fault = {
  what: "is read-only",
  remedy: "Use the URL of the primary server, not of a standby",
};
const FORBIDDEN: Fault = {
  what: "may not be used by this user",
  remedy: "Make the user the owner of the database, or grant it CREATE and USAGE on its schema",
};
const FOREIGN: Fault = {
  what: "lacks tables or columns that it should have",
  remedy: "Restore them, or run `sluice server database upgrade` with the version of Sluice that is running",
};
const DAMAGED: Fault = {
  what: "is damaged",
  remedy: "Read the server's log and restore a backup",
};

/** SQLSTATE codes (https://www.postgresql.org/docs/current/errcodes-appendix.html), in full or their class. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "08": WENT_AWAY,
  "28": LOGIN,
  "53": FULL,
  "53300": {
    what: "has no connection left",
    remedy: "Raise max_connections of the server, or lower maxConnections of each process that uses it",
  },
  "57014": BUSY,
  "55P03": BUSY,
  "25P03": BUSY,
  "57P": WENT_AWAY,
  "57P03": {
    what: "is starting or shutting down",
    remedy: "Wait until it is ready; the connection is made again by the next call",
  },
  "58": DAMAGED,
  XX: DAMAGED,
  "25006": READ_ONLY,
  "42501": FORBIDDEN,
  "42P01": FOREIGN,
  "42703": FOREIGN,
  "3D000": {
    what: "does not exist",
    remedy: "Create the database (createdb) or correct its name in the URL",
  },
};

/** Codes of Node's sockets and resolver. */
const SYSTEM_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
]);
const BROKEN_CODES: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

/** What the driver says without a code. */
const BROKEN_MESSAGE = /Connection terminated|Client has encountered a connection error|not queryable/u;
const TIMEOUT_MESSAGE = /timeout/iu;

/** serialization_failure and deadlock_detected: another transaction was in the way, and nothing of this one is kept. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set(["40001", "40P01"]);

const UNIQUE_VIOLATION = "23505";

/** Whether running the whole transaction again helps. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_CODES.has(codeOf(error) ?? "");
}

/**
 * The error to throw for an error of the driver: a `HistoryUnavailableError` for what lies in the database, its server or
 * the way to it, an `InvalidRequestError` for a value that its column cannot hold, and `error` itself for everything else.
 */
export function toHistoryError(error: unknown, location: string): unknown {
  if (!(error instanceof Error) || error instanceof SluiceError) return error;
  const code = codeOf(error);
  if (code?.startsWith("22") === true) {
    return new InvalidRequestError(
      `A value does not fit the history (${error.message}); check the types of what was sent.`,
      { cause: error },
    );
  }
  if (code === UNIQUE_VIOLATION) {
    return new ConflictError("Another object has the same keys. Change them, or change that object.", {
      cause: error,
    });
  }
  const fault = faultOf(error, code);
  if (fault === undefined) return error;
  return new HistoryUnavailableError(`The history ${location} ${fault.what}. ${fault.remedy}.`, {
    cause: error,
    details: { location, ...(code !== undefined && { postgresCode: code }) },
  });
}

function faultOf(error: Error, code: string | undefined): Fault | undefined {
  if (error instanceof AggregateError) {
    const [first] = error.errors as readonly unknown[];
    return first instanceof Error ? faultOf(first, codeOf(first)) : AWAY;
  }
  if (code === undefined) {
    if (BROKEN_MESSAGE.test(error.message)) return WENT_AWAY;
    return TIMEOUT_MESSAGE.test(error.message) ? BUSY : undefined;
  }
  if (SYSTEM_CODES.has(code)) return AWAY;
  if (BROKEN_CODES.has(code)) return WENT_AWAY;
  return FAULTS[code] ?? FAULTS[code.slice(0, 3)] ?? FAULTS[code.slice(0, 2)];
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
