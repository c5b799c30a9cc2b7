/** Writes a blob: small content with one call, more of it in blocks, of which nothing is visible before all are there. */
import { randomUUID } from "node:crypto";
import {
  type ContentParts,
  type FileContent,
  FileExistsError,
  forEachConcurrently,
  withContentParts,
} from "@sluice/core";
import type { BlobCall, ContainerConnection } from "./container-connection.ts";

/** Blocks under way at once. */
const BLOCKS_UNDER_WAY = 4;
/** Tells whose write it was when the answer to it got lost; Azure's metadata have names as variables have them. */
const WRITER = "sluicewriter";

export interface BlobToWrite {
  readonly connection: ContainerConnection;
  readonly key: string;
  readonly call: BlobCall;
  readonly partBytes: number;
  readonly ifAbsent: boolean;
}

/** Old content stays until the new one is there as a whole. */
export async function writeBlob(blob: BlobToWrite, content: FileContent): Promise<void> {
  const { partBytes, call } = blob;
  await withContentParts(content, { partBytes, signal: call.signal }, (parts) =>
    conditionally(blob, (condition) =>
      parts.kind === "one"
        ? uploadAtOnce(blob, parts.bytes, condition)
        : uploadBlocks(blob, parts, condition),
    ),
  );
}

async function uploadAtOnce(
  { connection, key, call }: BlobToWrite,
  bytes: Uint8Array,
  condition: Condition,
): Promise<void> {
  await connection.call(call, (container, abortSignal) =>
    container.getBlockBlobClient(key).upload(bytes, bytes.length, { abortSignal, ...condition }),
  );
}

type ManyParts = Extract<ContentParts, { kind: "many" }>;

async function uploadBlocks(blob: BlobToWrite, parts: ManyParts, condition: Condition): Promise<void> {
  const { connection, key, call } = blob;
  const blockIds = await stageBlocks(blob, parts);
  call.signal?.throwIfAborted();
  // From here on the write is not stopped any more: nobody could tell whether it was done.
  const { verb, path } = call;
  await connection.call({ verb, path }, (container, abortSignal) =>
    container.getBlockBlobClient(key).commitBlockList(blockIds, { abortSignal, ...condition }),
  );
}

/** Blocks that are never committed are invisible, and Azure removes them after a week. */
async function stageBlocks(
  { connection, key, call }: BlobToWrite,
  { parts, reuse }: ManyParts,
): Promise<string[]> {
  const upload = randomUUID();
  const ids: string[] = [];
  async function* blocks(): AsyncGenerator<{ readonly id: string; readonly bytes: Uint8Array }> {
    for await (const bytes of parts) {
      // All ids of a blob have to be of the same length.
      const id = Buffer.from(`${upload}-${String(ids.length).padStart(6, "0")}`).toString("base64");
      ids.push(id);
      yield { id, bytes };
    }
  }
  const options = { concurrency: BLOCKS_UNDER_WAY, signal: call.signal };
  await forEachConcurrently(blocks(), options, ({ id, bytes }, signal) =>
    connection.call({ ...call, signal }, async (container, abortSignal) => {
      await container.getBlockBlobClient(key).stageBlock(id, bytes, bytes.length, { abortSignal });
      reuse(bytes);
    }),
  );
  return ids;
}

interface Condition {
  readonly conditions?: { readonly ifNoneMatch: "*" };
  readonly metadata?: Record<string, string>;
}

async function conditionally(
  blob: BlobToWrite,
  write: (condition: Condition) => Promise<void>,
): Promise<void> {
  if (!blob.ifAbsent) {
    await write({});
    return;
  }
  const writer = randomUUID();
  try {
    await write({ conditions: { ifNoneMatch: "*" }, metadata: { [WRITER]: writer } });
  } catch (error) {
    // When the answer to a successful write got lost, the SDK sends it again and is told that the blob is there.
    if (!(error instanceof FileExistsError) || (await writerOf(blob)) !== writer) throw error;
  }
}

/** Undefined also when it cannot be told, such as for those who may write and not read. */
async function writerOf({ connection, key, call }: BlobToWrite): Promise<string | undefined> {
  const look = connection.call(call, (container, abortSignal) =>
    container.getBlobClient(key).getProperties({ abortSignal }),
  );
  const [outcome] = await Promise.allSettled([look]);
  call.signal?.throwIfAborted();
  return outcome.status === "fulfilled" ? outcome.value.metadata?.[WRITER] : undefined;
}
