/** Removes many blobs with few calls. */
import type { ContainerConnection } from "./container-connection.ts";

/** A limit of Azure's batches. */
const MOST_AT_ONCE = 256;
const GONE: ReadonlySet<number> = new Set([202, 404]);

export interface FileToDelete {
  readonly path: string;
  readonly key: string;
}

/** @returns those that are still there, for whatever reason */
export async function deleteBlobs(
  connection: ContainerConnection,
  files: readonly FileToDelete[],
  signal: AbortSignal | undefined,
): Promise<readonly FileToDelete[]> {
  const left: FileToDelete[] = [];
  for (let start = 0; start < files.length; start += MOST_AT_ONCE) {
    const batch = files.slice(start, start + MOST_AT_ONCE);
    const path = batch[0]?.path ?? "";
    const answers = await connection.call(
      { verb: "delete", path, signal },
      async (container, abortSignal) => {
        const blobs = batch.map(({ key }) => container.getBlobClient(key));
        const options = { abortSignal, deleteSnapshots: "include" } as const;
        return (await container.getBlobBatchClient().deleteBlobs(blobs, options)).subResponses;
      },
    );
    left.push(...batch.filter((_, index) => !GONE.has(answers[index]?.status ?? 0)));
  }
  return left;
}
