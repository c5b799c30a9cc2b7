/** What is written to a file, as chunks or as a whole. */
import type { FileContent } from "./file-system.ts";

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
      const { done, value } = await nextUnlessAborted(source, signal);
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

function nextUnlessAborted(
  source: AsyncIterator<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<Uint8Array>> {
  if (signal === undefined) return source.next();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Not awaited: a source that is stuck would never answer. What it may throw is secondary to why it is being closed. */
function closeSource(source: AsyncIterator<Uint8Array>): void {
  source.return?.().catch(() => undefined);
}
