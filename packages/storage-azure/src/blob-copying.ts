/** Copies a blob within the account, without moving its bytes through this process. */
import type { BlobSyncCopyFromURLOptions, ContainerClient } from "@azure/storage-blob";
import { SluiceError } from "@sluice/protocol";
import type { BlobCall, ContainerConnection } from "./container-connection.ts";
import { SIGNATURE_VERSION } from "./signed-url.ts";

/** How long the account may read the source; it copies while the call lasts. */
const READABLE_MS = 600_000;
const TOKEN_SCOPE = "https://storage.azure.com/.default";

export interface BlobCopy {
  readonly sourceKey: string;
  readonly targetKey: string;
}

/** @returns false when the account may not read its own source, such as behind some firewalls; then nothing was done */
export async function copyBlob(
  connection: ContainerConnection,
  call: BlobCall,
  { sourceKey, targetKey }: BlobCopy,
): Promise<boolean> {
  try {
    await connection.call(call, async (container, abortSignal) => {
      const { url, ...options } = await readable(container, sourceKey, abortSignal);
      await container.getBlobClient(targetKey).syncCopyFromURL(url, { ...options, abortSignal });
    });
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.details["code"] === "CannotVerifyCopySource") return false;
    throw error;
  }
}

/** The source is read for itself: what lets the caller in does not let the copy in. */
async function readable(
  container: ContainerClient,
  key: string,
  abortSignal: AbortSignal,
): Promise<Pick<BlobSyncCopyFromURLOptions, "sourceAuthorization"> & { readonly url: string }> {
  const { BlobSASPermissions, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const blob = container.getBlobClient(key);
  const { credential } = container;
  if (credential instanceof StorageSharedKeyCredential) {
    const expiresOn = new Date(Date.now() + READABLE_MS);
    return {
      url: await blob.generateSasUrl({
        version: SIGNATURE_VERSION,
        permissions: BlobSASPermissions.parse("r"),
        expiresOn,
      }),
    };
  }
  if (!("getToken" in credential)) return { url: blob.url };
  const token = await credential.getToken(TOKEN_SCOPE, { abortSignal });
  if (token === null) return { url: blob.url };
  return { url: blob.url, sourceAuthorization: { scheme: "Bearer", value: token.token } };
}
