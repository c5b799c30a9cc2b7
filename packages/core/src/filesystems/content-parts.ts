/** Content in pieces of the same size, for places that take long content in parts. */
import { contentChunks } from "./file-content.ts";
import type { CallOptions, FileContent } from "./file-system.ts";

/** The content as one part, or as several which are made as they are asked for. */
export type ContentParts =
  | { readonly kind: "one"; readonly bytes: Uint8Array }
  | { readonly kind: "many"; readonly parts: AsyncGenerator<Uint8Array, void, undefined> };

export interface ContentPartsOptions extends CallOptions {
  /** Of each part, the last one excepted. */
  readonly partBytes: number;
}

/**
 * Gives the content in parts to `write`, after reading as much as tells whether there is more than one. An abort ends them
 * with the signal's reason. However it ends, the source of the content is closed.
 */
export async function withContentParts<T>(
  content: FileContent,
  { partBytes, signal }: ContentPartsOptions,
  write: (content: ContentParts) => Promise<T>,
): Promise<T> {
  const parts = partsOf(contentChunks(content, signal), partBytes);
  try {
    const first = await parts.next();
    if (first.done === true) return await write({ kind: "one", bytes: new Uint8Array() });
    const second = await parts.next();
    if (second.done === true) return await write({ kind: "one", bytes: first.value });
    return await write({ kind: "many", parts: begun([first.value, second.value], parts) });
  } finally {
    await parts.return();
  }
}

async function* begun(
  read: Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = read.shift(); part !== undefined; part = read.shift()) yield part;
  yield* rest;
}

async function* partsOf(
  chunks: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, partBytes - size);
      rest = rest.subarray(taken.length);
      pending.push(taken);
      size += taken.length;
      if (size < partBytes) continue;
      yield joined(pending);
      pending = [];
      size = 0;
    }
  }
  if (size > 0) yield joined(pending);
}

/** A single piece is not copied. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
