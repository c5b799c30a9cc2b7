/** From what a server of SMB says to the errors of file systems. */
import { FileAccessDeniedError, FileNotFoundError, FileSystemError, FileThrottledError } from "@sluice/core";
import { SmbConnectionError, SmbStatusError, type StatusName } from "./protocol/smb-status.ts";

export interface ShareCall {
  /** As in "Cannot … the file". */
  readonly verb: "read" | "write" | "list" | "delete" | "look at";
  readonly path: string;
  readonly location: string;
  /** The block, for messages. */
  readonly block: string;
}

/** To a reader, a path through a file or to a directory is a path without a file. */
const MISSING: readonly StatusName[] = [
  "OBJECT_NAME_NOT_FOUND",
  "OBJECT_PATH_NOT_FOUND",
  "NO_SUCH_FILE",
  "FILE_IS_A_DIRECTORY",
  "NOT_A_DIRECTORY",
  "DELETE_PENDING",
];

const ACCOUNT: readonly StatusName[] = [
  "LOGON_FAILURE",
  "ACCOUNT_RESTRICTION",
  "PASSWORD_EXPIRED",
  "ACCOUNT_DISABLED",
  "PASSWORD_MUST_CHANGE",
  "ACCOUNT_LOCKED_OUT",
];

const DENIED: readonly StatusName[] = [
  "ACCESS_DENIED",
  "PRIVILEGE_NOT_HELD",
  "MEDIA_WRITE_PROTECTED",
  "CANNOT_DELETE",
];

const OVERLOADED: readonly StatusName[] = ["REQUEST_NOT_ACCEPTED", "INSUFF_SERVER_RESOURCES"];

const EXPLANATIONS: Readonly<Partial<Record<StatusName, string>>> = {
  BAD_NETWORK_NAME: "the server has no such share. Check sharePath",
  DISK_FULL: "the disk is full. Free some space or use another share",
  QUOTA_EXCEEDED: "the quota is used up. Free some space or use another share",
  OBJECT_NAME_INVALID: "the server does not take the name. Use a shorter or simpler one",
  OBJECT_PATH_NOT_FOUND: "a part of the path is a file, or went away meanwhile. Use another path",
  NOT_A_DIRECTORY: "a part of the path is a file, not a directory. Use another path",
  FILE_IS_A_DIRECTORY: "it is a directory. Use another path",
  SHARING_VIOLATION: "another program has it open and lets nobody else. Close it there",
};

/** Whether no file has the path. */
export function isMissing(error: unknown): boolean {
  return error instanceof SmbStatusError && error.is(...MISSING);
}

/** The error to throw; those that are not the server's are given back as they are. */
export function smbFileError(error: unknown, call: ShareCall): unknown {
  const { verb, path, location, block } = call;
  const subject = `Cannot ${verb} "${path}" in ${location}`;
  const options = { cause: error, details: { path, location } };
  if (error instanceof SmbConnectionError) {
    const remedy = `Check smbHost and smbPort of ${block}, and the network`;
    return new FileSystemError(`${subject}: ${error.message}. ${remedy}.`, options);
  }
  if (!(error instanceof SmbStatusError)) return error;
  if (verb !== "write" && isMissing(error)) return new FileNotFoundError(path, location, { cause: error });
  if (error.is(...ACCOUNT)) {
    const remedy = `Check smbUsername and smbPassword of ${block}, and that the account may log on`;
    return new FileAccessDeniedError(
      `${subject}: the server does not let in (${error.message}). ${remedy}.`,
      options,
    );
  }
  if (error.is(...DENIED)) {
    const remedy = `Give the account of ${block} the permission, on the share and on the file`;
    return new FileAccessDeniedError(`${subject}: permission denied (${error.message}). ${remedy}.`, options);
  }
  if (error.is(...OVERLOADED)) {
    return new FileThrottledError(
      `${subject}: the server is overloaded (${error.message}). Try again later.`,
      options,
    );
  }
  const explained = Object.entries(EXPLANATIONS).find(([name]) => error.is(name as StatusName))?.[1];
  return new FileSystemError(`${subject}: ${explained ?? error.message}.`, options);
}
