/** Content as git keeps it. */
import { createHash } from "node:crypto";
import { contentChunks, type FileContent, FileSystemError } from "@sluice/core";

/** GitHub takes no larger blobs. */
const MAX_BYTES = 100 * 1024 * 1024;
/** Longer texts are sent by themselves. */
const MAX_INLINE_BYTES = 32 * 1024;

/** @throws {FileSystemError} when it is more than GitHub keeps */
export async function boundedBytes(
  content: FileContent,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of contentChunks(content, signal)) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new FileSystemError(
        `Cannot write ${file}: it is longer than the 100 MiB that GitHub keeps. Use object storage for it.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The id that git gives a content: its hash, with its kind and length. */
export function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** The content as text, when it is short and nothing is lost by it. */
export function inlineText(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_INLINE_BYTES || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8, so it is sent as bytes.
    return undefined;
  }
}
