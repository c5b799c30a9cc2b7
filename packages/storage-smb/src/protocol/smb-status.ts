/** What servers answer when they do not do what was asked. */

export const STATUS = {
  SUCCESS: 0,
  PENDING: 0x103,
  NO_MORE_FILES: 0x80000006,
  NO_SUCH_FILE: 0xc000000f,
  END_OF_FILE: 0xc0000011,
  MORE_PROCESSING_REQUIRED: 0xc0000016,
  ACCESS_DENIED: 0xc0000022,
  OBJECT_NAME_INVALID: 0xc0000033,
  OBJECT_NAME_NOT_FOUND: 0xc0000034,
  OBJECT_NAME_COLLISION: 0xc0000035,
  OBJECT_PATH_INVALID: 0xc0000039,
  OBJECT_PATH_NOT_FOUND: 0xc000003a,
  OBJECT_PATH_SYNTAX_BAD: 0xc000003b,
  SHARING_VIOLATION: 0xc0000043,
  QUOTA_EXCEEDED: 0xc0000044,
  DELETE_PENDING: 0xc0000056,
  PRIVILEGE_NOT_HELD: 0xc0000061,
  LOGON_FAILURE: 0xc000006d,
  ACCOUNT_RESTRICTION: 0xc000006e,
  PASSWORD_EXPIRED: 0xc0000071,
  ACCOUNT_DISABLED: 0xc0000072,
  DISK_FULL: 0xc000007f,
  INSUFFICIENT_RESOURCES: 0xc000009a,
  MEDIA_WRITE_PROTECTED: 0xc00000a2,
  IO_TIMEOUT: 0xc00000b5,
  FILE_IS_A_DIRECTORY: 0xc00000ba,
  NOT_SUPPORTED: 0xc00000bb,
  NETWORK_NAME_DELETED: 0xc00000c9,
  BAD_NETWORK_NAME: 0xc00000cc,
  REQUEST_NOT_ACCEPTED: 0xc00000d0,
  DIRECTORY_NOT_EMPTY: 0xc0000101,
  NOT_A_DIRECTORY: 0xc0000103,
  CANNOT_DELETE: 0xc0000121,
  PASSWORD_MUST_CHANGE: 0xc0000224,
  ACCOUNT_LOCKED_OUT: 0xc0000234,
  USER_SESSION_DELETED: 0xc0000203,
  INSUFF_SERVER_RESOURCES: 0xc0000205,
  NETWORK_SESSION_EXPIRED: 0xc000035c,
} as const;

export type StatusName = keyof typeof STATUS;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(STATUS).map(([name, status]) => [status, name]),
);

/** A server refused what was asked. */
export class SmbStatusError extends Error {
  override readonly name = "SmbStatusError";
  readonly status: number;

  constructor(command: string, status: number) {
    const number = status.toString(16).padStart(8, "0");
    super(`${command}: ${NAMES.get(status) ?? "status"} (0x${number})`);
    this.status = status;
  }

  is(...names: readonly StatusName[]): boolean {
    return names.some((name) => STATUS[name] === this.status);
  }
}

/** The connection cannot be made, or broke. */
export class SmbConnectionError extends Error {
  override readonly name: string = "SmbConnectionError";
}

/** What came is no answer to what was asked. */
export class SmbProtocolError extends SmbConnectionError {
  override readonly name: string = "SmbProtocolError";

  /** @param problem - about the answer, as `it is cut short` */
  constructor(problem: string, options?: ErrorOptions) {
    super(`the server's answer makes no sense: ${problem}`, options);
  }
}

/** Somebody between client and server changed what goes over the wire, or the server is not the one it says it is. */
export class SmbTamperingError extends SmbConnectionError {
  override readonly name: string = "SmbTamperingError";
}
