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
  let part: Part = new FirstPart();
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, partBytes - part.size);
      rest = rest.subarray(taken.length);
      if (taken.length === partBytes) {
        yield taken;
        continue;
      }
      part.add(taken);
      if (part.size < partBytes) continue;
      yield part.bytes();
      part = new LaterPart(memory);
    }
  }
  if (part.size > 0) yield part.bytes();
}

/** A part that is put together of pieces. */
interface Part {
  readonly size: number;
  add(piece: Uint8Array): void;
  bytes(): Uint8Array;
}

/** Most contents are shorter than a part, so memory for a whole one is not taken at once. */
class FirstPart implements Part {
  readonly #pieces: Uint8Array[] = [];
  size = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.size += piece.length;
  }

  /** A single piece is not copied. */
  bytes(): Uint8Array {
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
  }
}

class LaterPart implements Part {
  readonly #memory: PartMemory;
  #bytes: Uint8Array | undefined;
  size = 0;

  constructor(memory: PartMemory) {
    this.#memory = memory;
  }

  add(piece: Uint8Array): void {
    this.#bytes ??= this.#memory.take();
    this.#bytes.set(piece, this.size);
    this.size += piece.length;
  }

  bytes(): Uint8Array {
    return (this.#bytes ?? new Uint8Array()).subarray(0, this.size);
  }
}

/** The memory of parts: what is given back is given out again. */
class PartMemory {
  readonly partBytes: number;
  readonly #ours = new WeakSet<ArrayBufferLike>();
  readonly #free: Uint8Array[] = [];

  constructor(partBytes: number) {
    this.partBytes = partBytes;
  }

  take(): Uint8Array {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const made = Buffer.allocUnsafeSlow(this.partBytes);
    this.#ours.add(made.buffer);
    return made;
  }

  /** Parts of the content's own memory are left alone. */
  reuse({ buffer }: Uint8Array): void {
    if (this.#ours.has(buffer)) this.#free.push(Buffer.from(buffer));
  }
}
