/** From the errors of Google Cloud Storage to those of file systems. */
import {
  FileAccessDeniedError,
  FileExistsError,
  FileNotFoundError,
  FileSystemError,
  FileThrottledError,
} from "@sluice/core";
import { googleTrouble } from "@sluice/credentials-gcp";

export interface GcsOperation {
  /** As in "Cannot … the file". */
  readonly verb: "read" | "write" | "list" | "look at" | "delete" | "copy" | "sign a URL for";
  readonly path: string;
}

export interface GcsPlace {
  readonly location: string;
  readonly bucket: string;
  /** The block as people know it, such as `gcs-bucket/results`. */
  readonly block: string;
}

/** The error to throw for what the SDK threw; others are given back as they are. */
export function gcsError(error: unknown, operation: GcsOperation, place: GcsPlace): unknown {
  const trouble = googleTrouble(error);
  if (trouble === undefined) return error;
  const { verb, path } = operation;
  const { location, bucket, block } = place;
  const { kind, code, status, cause, explanation } = trouble;
  const options = { cause, details: { path, location, block, code, status } };
  const subject = `Cannot ${verb} "${path}" in ${location} (block ${block}).`;
  if (status === 404 && (verb === "list" || /bucket does not exist/i.test(cause.message))) {
    const remedy = `There is no bucket "${bucket}". Create it, or correct bucket.`;
    return new FileSystemError(`${subject} ${remedy}`, options);
  }
  if (verb === "write" && (status === 404 || status === 410)) {
    return new FileSystemError(`${subject} Google has forgotten the upload. Write it again.`, options);
  }
  if (status === 404) return new FileNotFoundError(path, location, options);
  if (status === 412 && verb === "write") return new FileExistsError(path, location, options);
  if (kind === "denied") {
    const role = status === 403 ? ' The role that has all is "Storage Object Admin".' : "";
    return new FileAccessDeniedError(`${subject} ${explanation}${role}`, options);
  }
  if (kind === "throttled") return new FileThrottledError(`${subject} ${explanation}`, options);
  return new FileSystemError(`${subject} ${explanation}`, options);
}
