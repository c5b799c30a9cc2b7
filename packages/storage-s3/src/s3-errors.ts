/** From the errors of S3 to those of file systems. */
import {
  FileAccessDeniedError,
  FileExistsError,
  FileNotFoundError,
  FileSystemError,
  FileThrottledError,
  UnsupportedOperationError,
} from "@sluice/core";
import { awsTrouble } from "@sluice/credentials-aws";

export interface S3Operation {
  /** As in "Cannot … the file". */
  readonly verb: "read" | "write" | "list" | "look at" | "delete" | "copy" | "sign a URL for";
  readonly path: string;
}

export interface S3Place {
  readonly location: string;
  readonly bucket: string;
  /** The block as people know it, such as `s3-bucket/results`. */
  readonly block: string;
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  KeyTooLongError: "The path is longer than the 1024 bytes that a key may have. Use a shorter one.",
  ConditionalRequestConflict: "Another writer wrote it at the same time. Try again.",
  InvalidObjectState: "It is archived. Restore it first.",
  EntityTooLarge: "It is larger than the service allows.",
  PermanentRedirect: "The bucket is in another region. Set regionName of the credentials.",
  AuthorizationHeaderMalformed: "The bucket is in another region. Set regionName of the credentials.",
  IllegalLocationConstraintException: "The bucket is in another region. Set regionName of the credentials.",
};

/** The error to throw for what the SDK threw; others are given back as they are. */
export function s3Error(error: unknown, operation: S3Operation, place: S3Place): unknown {
  const trouble = awsTrouble(error);
  if (trouble === undefined) return error;
  const { verb, path } = operation;
  const { location, bucket, block } = place;
  const { kind, code, status, attempts, cause } = trouble;
  const options = { cause, details: { path, location, block, code, status, attempts } };
  const subject = `Cannot ${verb} "${path}" in ${location} (block ${block}).`;
  if (code === "NoSuchBucket") {
    const remedy = `There is no bucket "${bucket}". Create it, or correct bucketName.`;
    return new FileSystemError(`${subject} ${remedy}`, options);
  }
  if (code === "NoSuchKey" || code === "NotFound") return new FileNotFoundError(path, location, options);
  if (status === 412 && verb === "write") return new FileExistsError(path, location, options);
  if (status === 412) {
    return new FileSystemError(`${subject} It was replaced meanwhile. Read it again.`, options);
  }
  if (status === 501 || code === "NotImplemented") {
    return new UnsupportedOperationError(
      `what is needed to ${verb} "${path}" (${cause.message})`,
      location,
      options,
    );
  }
  if (cause.message.startsWith("Region is missing")) {
    return new FileSystemError(`${subject} Set regionName of the credentials, or AWS_REGION.`, options);
  }
  const message = `${subject} ${EXPLANATIONS[code] ?? trouble.explanation}`;
  if (kind === "denied") return new FileAccessDeniedError(message, options);
  if (kind === "throttled") return new FileThrottledError(message, options);
  return new FileSystemError(message, options);
}
