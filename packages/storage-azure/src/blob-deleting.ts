/** Removes blobs with one call. */
import type { BlobCall, ContainerConnection } from "./container-connection.ts";

/** A limit of Azure's batches. */
export const MOST_DELETED_AT_ONCE = 256;
const GONE: ReadonlySet<number> = new Set([202, 404]);

/** @returns which of the keys, by their places, are gone */
export async function deleteBlobs(
  connection: ContainerConnection,
  keys: readonly string[],
  call: BlobCall,
): Promise<readonly boolean[]> {
  const answers = await connection.call(call, async (container, abortSignal) => {
    const blobs = keys.map((key) => container.getBlobClient(key));
    const options = { abortSignal, deleteSnapshots: "include" } as const;
    return (await container.getBlobBatchClient().deleteBlobs(blobs, options)).subResponses;
  });
  return keys.map((_, index) => GONE.has(answers[index]?.status ?? 0));
}
