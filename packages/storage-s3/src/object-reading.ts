/** Reads an object in ranges, some of them ahead of the reader: fast, in constant memory, and no connection waits for a slow one. */
import { setMaxListeners } from "node:events";
import { type ByteRange, FileSystemError } from "@sluice/core";
import type { S3Call, S3Connection } from "./s3-connection.ts";

const RANGE_BYTES = 8 * 1024 * 1024;
/** Ranges that are asked for or wait for the reader. */
const RANGES_AHEAD = 4;

export interface ObjectToRead {
  readonly connection: S3Connection;
  readonly key: string;
  readonly call: S3Call;
}

/**
 * The bytes of a range, all of one version of the object.
 *
 * @throws {FileSystemError} when the object is replaced meanwhile
 */
export async function* objectChunks(
  { connection, key, call }: ObjectToRead,
  { offset, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const firstEnd = Math.min(offset + RANGE_BYTES, end);
  const first = await receiveRange(connection, { key, call, offset, end: firstEnd });
  if (first === undefined) return;
  yield first.bytes;
  const stop = Math.min(end, first.size);
  if (firstEnd >= stop) return;
  const given = new AbortController();
  const signal = call.signal === undefined ? given.signal : AbortSignal.any([call.signal, given.signal]);
  setMaxListeners(0, signal);
  const ahead: Promise<Uint8Array>[] = [];
  let asked = firstEnd;
  try {
    while (asked < stop || ahead.length > 0) {
      for (; ahead.length < RANGES_AHEAD && asked < stop; asked += RANGE_BYTES) {
        const range = {
          key,
          call: { ...call, signal },
          offset: asked,
          end: Math.min(asked + RANGE_BYTES, stop),
        };
        const received = receiveRange(connection, { ...range, etag: first.etag }).then(bytesOfRange);
        // Its failure is thrown when its turn comes; until then it must not count as unhandled.
        received.catch(() => undefined);
        ahead.push(received);
      }
      const next = ahead.shift();
      if (next !== undefined) yield await next;
    }
  } finally {
    given.abort();
  }
}

interface RangeToReceive {
  readonly key: string;
  readonly call: S3Call;
  readonly offset: number;
  readonly end: number;
  readonly etag?: string | undefined;
}

interface ReceivedRange {
  readonly bytes: Uint8Array;
  /** Of the whole object. */
  readonly size: number;
  readonly etag: string | undefined;
}

/** Undefined when the object ends before. */
async function receiveRange(
  connection: S3Connection,
  { key, call, offset, end, etag }: RangeToReceive,
): Promise<ReceivedRange | undefined> {
  const range = `bytes=${offset}-${end - 1}`;
  try {
    const { bytes, answer } = await connection.receive(call, { key, range, etag });
    const size = Number(/\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1] ?? Number.NaN);
    // A server that does not know ranges gives everything.
    if (Number.isNaN(size))
      return { bytes: bytes.subarray(offset, end), size: bytes.length, etag: answer.ETag };
    return { bytes, size, etag: answer.ETag };
  } catch (error) {
    if (error instanceof FileSystemError && error.details["status"] === 416) return undefined;
    throw error;
  }
}

/** Between the ranges of one version nothing can be missing. */
function bytesOfRange(received: ReceivedRange | undefined): Uint8Array {
  if (received === undefined) throw new Error("A range within the object was answered as beyond its end.");
  return received.bytes;
}
