/** Content in pieces of the same size, for places that take long content in parts. */
import { contentChunks } from "./file-content.ts";
import type { FileContent } from "./file-system.ts";

/** The content as one part, or as several which are made as they are asked for. */
export type ContentParts =
  | { readonly kind: "one"; readonly bytes: Uint8Array }
  | { readonly kind: "many"; readonly parts: AsyncGenerator<Uint8Array, void, undefined> };

/**
 * Reads as much as tells whether there is more than one part. All parts have `partBytes`, the last one excepted. An abort
 * ends them with the signal's reason.
 */
export async function contentParts(
  content: FileContent,
  partBytes: number,
  signal?: AbortSignal | undefined,
): Promise<ContentParts> {
  const parts = partsOf(contentChunks(content, signal), partBytes);
  const first = await parts.next();
  if (first.done === true) return { kind: "one", bytes: new Uint8Array() };
  const second = await parts.next();
  if (second.done === true) return { kind: "one", bytes: first.value };
  return { kind: "many", parts: begun([first.value, second.value], parts) };
}

async function* begun(
  read: Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let part = read.shift(); part !== undefined; part = read.shift()) yield part;
    yield* rest;
  } finally {
    await rest.return();
  }
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
