/** Receives ranges of an object. */
import type { ByteRange, ReceivedRange, ReceiveRange } from "@sluice/core";
import type { S3Call, S3Connection } from "./s3-connection.ts";

/** For `objectStream`. Versions are told by the ETag. */
export function receiveObject(connection: S3Connection, key: string, path: string): ReceiveRange {
  return (range, { version, signal }) =>
    receiveRange(connection, { verb: "read", path, signal }, { key, range, version });
}

interface WantedRange {
  readonly key: string;
  readonly range: ByteRange;
  readonly version: string | undefined;
}

async function receiveRange(
  connection: S3Connection,
  call: S3Call,
  { key, range: { offset, end }, version }: WantedRange,
): Promise<ReceivedRange> {
  const wanted = { key, range: `bytes=${offset}-${end - 1}`, etag: version };
  const { bytes, answer } = await connection.receive(call, wanted);
  const size = /\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1];
  if (size !== undefined) return { bytes, size: Number(size), version: answer.ETag };
  // A server that does not know ranges gives everything.
  return { bytes: bytes.subarray(offset, end), size: bytes.length, version: answer.ETag };
}
