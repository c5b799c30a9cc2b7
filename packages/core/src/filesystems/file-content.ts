/** What is written to a file, as chunks or as a whole. */
import type { FileContent } from "./file-system.ts";
import { unlessAborted } from "./unless-aborted.ts";

/**
 * The content in chunks. An abort ends it at once with the signal's reason, even when the source is stuck.
 */
export async function* contentChunks(
  content: FileContent,
  signal?: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  if (typeof content === "string") {
    yield new TextEncoder().encode(content);
    return;
  }
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  const source = content[Symbol.asyncIterator]();
  let isOpen = true;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await unlessAborted(source.next(), signal);
      if (done === true) {
        isOpen = false;
        return;
      }
      yield value;
    }
  } finally {
    if (isOpen) closeSource(source);
  }
}

/** The content as a whole. */
export async function contentBytes(
  content: FileContent,
  signal?: AbortSignal | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of contentChunks(content, signal)) chunks.push(chunk);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/**
 * Content whose length is known. It is filled as it comes: putting it together at the end would take the memory twice.
 *
 * @throws {Error} when there is less or more of it
 */
export async function bytesOfLength(chunks: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let size = 0;
  for await (const chunk of chunks) {
    if (size + chunk.length > length) throw new Error(`more than ${length} bytes came`);
    bytes.set(chunk, size);
    size += chunk.length;
  }
  if (size !== length) throw new Error(`${size} of ${length} bytes came`);
  return bytes;
}

/** Not awaited: a source that is stuck would never answer. What it may throw is secondary to why it is being closed. */
function closeSource(source: AsyncIterator<Uint8Array>): void {
  source.return?.().catch(() => undefined);
}
