/**
 * Reads an object in ranges, some of them ahead of the reader: fast, in constant memory, and no connection waits for a slow
 * reader.
 */
import { setMaxListeners } from "node:events";
import { type ByteRange, checkRange } from "./byte-range.ts";
import type { FileSystem, ReadStreamOptions } from "./file-system.ts";
import { FileSystemError } from "./file-system-errors.ts";
import { normalizePath } from "./storage-path.ts";

const RANGE_BYTES = 8 * 1024 * 1024;
/** Ranges that are asked for or wait for the reader. */
const RANGES_AHEAD = 4;
/** RFC 9110: range not satisfiable. */
const BEYOND_END = 416;

export interface ReceivedRange {
  readonly bytes: Uint8Array;
  /** Of the whole object. */
  readonly size: number;
  /** Which version of the object it is. */
  readonly version: string | undefined;
}

/**
 * Receives one range. The first one is of any version, the others have to be of that one.
 *
 * @returns undefined when the object ends before the range
 */
export type ReceiveRange = (
  range: ByteRange,
  options: { readonly version: string | undefined; readonly signal: AbortSignal },
) => Promise<ReceivedRange | undefined>;

export interface ObjectToStream extends ReadStreamOptions {
  readonly path: string;
}

/**
 * What `readStream` gives in a place of objects: all of one version of the object.
 *
 * @param receiverOf - gives what receives the ranges of a file, whose path has been normalised; a `FileSystemError` with
 * the status 416 among its details says that the object ends before the range
 */
export async function* objectStream(
  fileSystem: Pick<FileSystem, "stat">,
  { path, ...options }: ObjectToStream,
  receiverOf: (file: string) => ReceiveRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = normalizePath(path);
  const range = checkRange(options);
  const { signal } = options;
  if (range.end > range.offset) yield* readInRanges(range, untilEnd(receiverOf(file)), signal);
  else await fileSystem.stat(file, { signal });
}

/** Places of objects refuse a range that begins where the object has ended. */
function untilEnd(receive: ReceiveRange): ReceiveRange {
  return async (range, options) => {
    try {
      return await receive(range, options);
    } catch (error) {
      if (error instanceof FileSystemError && error.details["status"] === BEYOND_END) return undefined;
      throw error;
    }
  };
}

/** The bytes of a range that is not empty, all of one version of the object. */
export async function* readInRanges(
  { offset, end }: ByteRange,
  receive: ReceiveRange,
  outer: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const given = new AbortController();
  const signal = outer === undefined ? given.signal : AbortSignal.any([outer, given.signal]);
  setMaxListeners(0, signal);
  try {
    const firstEnd = Math.min(offset + RANGE_BYTES, end);
    const first = await receive({ offset, end: firstEnd }, { version: undefined, signal });
    if (first === undefined) return;
    yield first.bytes;
    outer?.throwIfAborted();
    const { version, size } = first;
    const rest = { offset: offset + first.bytes.length, end: Math.min(end, size) };
    const chunks = readAhead(rest, async (range) => {
      const received = await receive(range, { version, signal });
      if (received !== undefined) return received.bytes;
      // Between the ranges of one version nothing can be missing.
      throw new Error("A range within the object was answered as beyond its end.");
    });
    for await (const chunk of chunks) {
      yield chunk;
      outer?.throwIfAborted();
    }
  } finally {
    given.abort();
  }
}

async function* readAhead(
  { offset, end }: ByteRange,
  receive: (range: ByteRange) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ahead: Promise<Uint8Array>[] = [];
  for (let asked = offset; asked < end || ahead.length > 0; ) {
    for (; ahead.length < RANGES_AHEAD && asked < end; asked += RANGE_BYTES) {
      const received = receive({ offset: asked, end: Math.min(asked + RANGE_BYTES, end) });
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      received.catch(() => undefined);
      ahead.push(received);
    }
    const next = ahead.shift();
    if (next !== undefined) yield await next;
  }
}
