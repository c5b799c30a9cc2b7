/** The errors of file systems. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** No file has this path. */
export class FileNotFoundError extends SluiceError {
  constructor(path: string, location: string, options?: SluiceErrorOptions) {
    super("FILE_NOT_FOUND", `There is no file "${path}" in ${location}.`, {
      ...options,
      details: { path, location, ...options?.details },
    });
  }
}

/** A file that was to be created is there already. */
export class FileExistsError extends SluiceError {
  constructor(path: string, location: string, options?: SluiceErrorOptions) {
    super("FILE_EXISTS", `There is a file "${path}" in ${location} already; it was left as it is.`, {
      ...options,
      details: { path, location, ...options?.details },
    });
  }
}

/** Credentials or permissions do not allow the call. */
export class FileAccessDeniedError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("FILE_ACCESS_DENIED", message, options);
  }
}

/** The place that keeps the files takes fewer calls than it was sent, also after it was given time. */
export class FileThrottledError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("FILE_THROTTLED", message, options);
  }
}

/** The path leads, or could lead, out of the root of the file system, or names no file in it. */
export class PathOutsideRootError extends SluiceError {
  constructor(path: string, reason: string, options?: SluiceErrorOptions) {
    super(
      "PATH_OUTSIDE_ROOT",
      `The path ${JSON.stringify(path)} ${reason}. Use a relative path with forward slashes, such as "reports/2024.csv".`,
      { ...options, details: { path, ...options?.details } },
    );
  }
}

/** The place that keeps the files failed: disk full, connection lost, a file where a directory should be. */
export class FileSystemError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("FILE_SYSTEM", message, options);
  }
}

/** The file system cannot do this; its `capabilities` say so. */
export class UnsupportedOperationError extends SluiceError {
  constructor(operation: string, location: string, options?: SluiceErrorOptions) {
    super("UNSUPPORTED_OPERATION", `${location} does not support ${operation}.`, {
      ...options,
      details: { operation, location, ...options?.details },
    });
  }
}
