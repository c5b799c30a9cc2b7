/**
 * The one table of error codes, the base class of all errors, and the errors of the orchestration API. Compare codes,
 * not classes, across processes.
 */

/** Error code → HTTP status that carries it. */
export const ERROR_CODES = {
  // The orchestration API
  OBJECT_NOT_FOUND: 404,
  UNSUITABLE_REQUEST: 400,
  CONFLICT: 409,
  INVALID_REQUEST: 422,
  BODY_TOO_LARGE: 413,
  FORBIDDEN: 403,
  LEASE_ENDED: 410,
  SLOTS_TAKEN: 423,
  HISTORY_UNAVAILABLE: 503,
  ENCRYPTION_KEY: 500,
  // Definitions and calls
  INVALID_OPTION: 422,
  INVALID_PARAMETERS: 422,
  PARAMETER_SCHEMA: 422,
  DUPLICATE_TASK_NAME: 409,
  MAPPING_LENGTH_MISMATCH: 422,
  MAPPING_MISSING_ITERABLE: 422,
  MISSING_CONTEXT: 500,
  ENTRYPOINT: 422,
  TASK_REFERENCE: 422,
  INVALID_SETTING: 422,
  // Runs
  UPSTREAM_TASK: 500,
  UNFINISHED_RUN: 500,
  FAILED_RUN: 500,
  CRASHED_RUN: 500,
  CANCELLED_RUN: 500,
  PAUSED_RUN: 500,
  TIMED_OUT: 500,
  ABORTED: 409,
  WAIT_TIMEOUT: 504,
  TASK_WORKER_LOST: 500,
  // Data
  SERIALIZATION: 422,
  MISSING_RESULT: 404,
  CORRUPT_RESULT: 500,
  FILE_NOT_FOUND: 404,
  FILE_EXISTS: 409,
  FILE_ACCESS_DENIED: 403,
  FILE_THROTTLED: 429,
  PATH_OUTSIDE_ROOT: 422,
  FILE_SYSTEM: 500,
  UNSUPPORTED_OPERATION: 501,
  LOCK_TIMEOUT: 504,
  LOCK_LOST: 409,
  TRANSACTION: 500,
  // Blocks
  INVALID_BLOCK_TYPE: 422,
  INVALID_BLOCK: 422,
  UNKNOWN_BLOCK_TYPE: 404,
  // Other systems
  CREDENTIALS: 401,
  EXTERNAL_SERVICE: 502,
  COMMAND: 500,
  // Notifications
  NOTIFICATION: 502,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface SluiceErrorOptions {
  readonly cause?: unknown;
  /** Facts for programs: ids, paths, limits. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Base of every error Sluice throws. `message` says what failed, on which object, and what to do. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }

  /** HTTP status of this error's code. */
  get httpStatus(): number {
    return ERROR_CODES[this.code];
  }
}

/** Whether a value is a Sluice error, optionally of one code; works across copies of this package. */
export function isSluiceError(value: unknown, code?: ErrorCode): value is SluiceError {
  if (!(value instanceof Error) || !("code" in value) || typeof value.code !== "string") return false;
  return code === undefined ? value.code in ERROR_CODES : value.code === code;
}

/** No object has this id. */
export class ObjectNotFoundError extends SluiceError {
  constructor(noun: string, id: string) {
    super("OBJECT_NOT_FOUND", `There is no ${noun} ${id}.`, { details: { noun, id } });
  }
}

/** The request contradicts what is stored. */
export class ConflictError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CONFLICT", message, options);
  }
}

/** The request is malformed. */
export class InvalidRequestError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("INVALID_REQUEST", message, options);
  }
}

/** Nobody may do this to this object. */
export class ForbiddenError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("FORBIDDEN", message, options);
  }
}

/** A lease cannot be renewed: it has ended, and what it held belongs to others. */
export class LeaseEndedError extends SluiceError {
  constructor(leaseId: string) {
    super("LEASE_ENDED", `The lease ${leaseId} has ended or was given back. Take what it held anew.`, {
      details: { leaseId },
    });
  }
}

/** Too few slots of a concurrency limit are free. */
export class SlotsTakenError extends SluiceError {
  /** When it makes sense to ask again; null when waiting does not help. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, retryAfterSeconds: number | null) {
    super("SLOTS_TAKEN", message, { details: { retryAfterSeconds } });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The request is well formed, but this object cannot take it. */
export class UnsuitableRequestError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("UNSUITABLE_REQUEST", message, options);
  }
}

/** What a block holds cannot be sealed or opened: its key is missing or another one, or it was changed where it is kept. */
export class EncryptionKeyError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("ENCRYPTION_KEY", message, options);
  }
}

/** The history cannot be read or written: its file is corrupt, its directory not writable, its disk full, its server away. */
export class HistoryUnavailableError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("HISTORY_UNAVAILABLE", message, options);
  }
}
