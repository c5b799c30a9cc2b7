/** Content in pieces of the same size, for places that take long content in parts. */
import { contentChunks } from "./file-content.ts";
import type { CallOptions, FileContent } from "./file-system.ts";

/** The content as one part, or as several which are made as they are asked for. */
export type ContentParts =
  | { readonly kind: "one"; readonly bytes: Uint8Array }
  | {
      readonly kind: "many";
      readonly parts: AsyncGenerator<Uint8Array, void, undefined>;
      readonly reuse: Reuse;
    };

/**
 * Takes a part back that nobody reads any more, so that a later one can lie in its memory. A part that is not given back is
 * collected as usual, which takes longer than sending it: a collector counts objects, and these are few and long.
 */
export type Reuse = (part: Uint8Array) => void;

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
  const memory = new PartMemory(partBytes);
  const parts = partsOf(contentChunks(content, signal), memory);
  try {
    const first = await parts.next();
    if (first.done === true) return await write({ kind: "one", bytes: new Uint8Array() });
    const second = await parts.next();
    if (second.done === true) return await write({ kind: "one", bytes: first.value });
    return await write({
      kind: "many",
      parts: begun([first.value, second.value], parts),
      reuse: (part) => memory.reuse(part),
    });
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
  memory: PartMemory,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { partBytes } = memory;
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, partBytes - size);
      rest = rest.subarray(taken.length);
      pending.push(taken);
      size += taken.length;
      if (size < partBytes) continue;
      yield memory.joined(pending);
      pending = [];
      size = 0;
    }
  }
  if (size > 0) yield memory.joined(pending);
}

/** The memory of whole parts: what is given back is given out again. */
class PartMemory {
  readonly partBytes: number;
  readonly #ours = new WeakSet<ArrayBufferLike>();
  readonly #free: Uint8Array[] = [];

  constructor(partBytes: number) {
    this.partBytes = partBytes;
  }

  /** A single piece is not copied. */
  joined(pieces: readonly Uint8Array[]): Uint8Array {
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) return only;
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    // Most contents are shorter than a part: memory for a whole one is taken for whole ones only.
    const part = size === this.partBytes ? this.#take() : Buffer.allocUnsafeSlow(size);
    let offset = 0;
    for (const piece of pieces) {
      part.set(piece, offset);
      offset += piece.length;
    }
    return part;
  }

  /** Parts of the content's own memory are left alone. */
  reuse({ buffer }: Uint8Array): void {
    if (this.#ours.has(buffer)) this.#free.push(Buffer.from(buffer));
  }

  #take(): Uint8Array {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const made = Buffer.allocUnsafeSlow(this.partBytes);
    this.#ours.add(made.buffer);
    return made;
  }
}
