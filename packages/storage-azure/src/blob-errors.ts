/** From the errors of Azure Blob Storage to those of file systems. */
import {
  FileAccessDeniedError,
  FileExistsError,
  FileNotFoundError,
  FileSystemError,
  FileThrottledError,
} from "@sluice/core";
import { type AzureTrouble, azureTrouble } from "@sluice/credentials-azure";

export interface BlobOperation {
  /** As in "Cannot … the file". */
  readonly verb: "read" | "write" | "list" | "look at" | "delete" | "copy" | "sign a URL for";
  readonly path: string;
}

export interface ContainerPlace {
  readonly location: string;
  readonly container: string;
  /** The block as people know it, such as `azure-blob-storage-container/results`. */
  readonly block: string;
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ContainerBeingDeleted: "The container is being deleted. Wait until it is gone, then create it again.",
  InvalidResourceName: "Azure does not take the name of the container or the path. Correct containerName.",
  InvalidUri: "Azure does not take the path. Names have at most 1024 characters and 254 slashes.",
  InvalidBlockList: "Another writer replaced it at the same time. Write it again.",
  LeaseIdMissing: "Somebody has a lease on it. Wait until the lease ends, or break it.",
  BlobArchived: "It is archived. Bring it back to an online tier first.",
  BlobImmutableDueToPolicy: "A policy of the container forbids to change it.",
  RequestBodyTooLarge: "A part is larger than the account takes. Lower partMebibytes of the block.",
  BlockCountExceedsLimit: "It has more parts than Azure takes. Raise partMebibytes of the block.",
};

/** The error to throw for what the SDK threw; others are given back as they are. */
export function blobError(error: unknown, operation: BlobOperation, place: ContainerPlace): unknown {
  const trouble = azureTrouble(error);
  if (trouble === undefined) return error;
  const { verb, path } = operation;
  const { location, container, block } = place;
  const { kind, code, status, cause } = trouble;
  const options = { cause, details: { path, location, block, code, status } };
  const subject = `Cannot ${verb} "${path}" in ${location} (block ${block}).`;
  if (code === "ContainerNotFound") {
    const remedy = `There is no container "${container}". Create it, or correct containerName.`;
    return new FileSystemError(`${subject} ${remedy}`, options);
  }
  if (status === 404) return new FileNotFoundError(path, location, options);
  if (isConditionNotMet(trouble)) {
    return verb === "write"
      ? new FileExistsError(path, location, options)
      : new FileSystemError(`${subject} It was replaced meanwhile. Read it again.`, options);
  }
  const message = `${subject} ${EXPLANATIONS[code] ?? trouble.explanation}`;
  if (kind === "denied") return new FileAccessDeniedError(message, options);
  if (kind === "throttled") return new FileThrottledError(message, options);
  return new FileSystemError(message, options);
}

function isConditionNotMet({ code }: AzureTrouble): boolean {
  return code === "BlobAlreadyExists" || code === "ConditionNotMet";
}
