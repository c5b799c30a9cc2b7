/** Shared access signatures for single blobs. */
import type { BlobClient, BlobSASPermissions, ContainerClient } from "@azure/storage-blob";
import { FileAccessDeniedError, type SignedUrlOptions } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import type { BlobCall, ContainerConnection } from "./container-connection.ts";

/** Seven days: a limit of signatures that are made with tokens. */
const MOST_DELEGATED_SECONDS = 604_800;
/** Of signatures: one that private clouds and emulators know too. */
export const SIGNATURE_VERSION: string = "2021-12-02";

/** Who signs: an account key by itself, an identity with a key that the account gives it for a while. */
export function signedBlobUrl(
  connection: ContainerConnection,
  call: BlobCall,
  { key, ...options }: SignedUrlOptions & { readonly key: string },
): Promise<string> {
  return connection.call(call, async (container, abortSignal) => {
    const { BlobSASPermissions: Permissions, StorageSharedKeyCredential } = await import(
      "@azure/storage-blob"
    );
    const permissions = Permissions.parse(options.method === "PUT" ? "cw" : "r");
    const blob = container.getBlobClient(key);
    const expiresOn = new Date(Date.now() + options.expiresInSeconds * 1000);
    if (container.credential instanceof StorageSharedKeyCredential) {
      return blob.generateSasUrl({ permissions, expiresOn, version: SIGNATURE_VERSION });
    }
    if (!("getToken" in container.credential)) throw cannotSign(call);
    if (options.expiresInSeconds > MOST_DELEGATED_SECONDS) throw tooLong(options.expiresInSeconds);
    return delegatedUrl({ container, blob, permissions, expiresOn }, abortSignal);
  });
}

interface Delegation {
  readonly container: ContainerClient;
  readonly blob: BlobClient;
  readonly permissions: BlobSASPermissions;
  readonly expiresOn: Date;
}

async function delegatedUrl(
  { container, blob, permissions, expiresOn }: Delegation,
  abortSignal: AbortSignal,
): Promise<string> {
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const accountUrl = container.url.slice(0, -`/${container.containerName}`.length);
  const service = new BlobServiceClient(accountUrl, container.credential);
  const key = await service.getUserDelegationKey(new Date(), expiresOn, { abortSignal });
  return blob.generateUserDelegationSasUrl({ permissions, expiresOn, version: SIGNATURE_VERSION }, key);
}

function cannotSign({ path }: BlobCall): FileAccessDeniedError {
  return new FileAccessDeniedError(
    `Cannot sign a URL for "${path}": a shared access signature makes no others. Use credentials with an account key, or an identity.`,
    { details: { path } },
  );
}

function tooLong(seconds: number): InvalidRequestError {
  return new InvalidRequestError(
    `expiresInSeconds is ${seconds}, but a URL that an identity signs is valid for at most ${MOST_DELEGATED_SECONDS}, a week.`,
  );
}
