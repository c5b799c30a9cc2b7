/** Receives ranges of an object. */
import type { Bucket } from "@google-cloud/storage";
import {
  type ByteRange,
  bytesOfLength,
  contentBytes,
  FileNotFoundError,
  FileSystemError,
  type ReceivedRange,
  type ReceiveRange,
} from "@sluice/core";
import type { GcsConnection } from "./gcs-connection.ts";
import { brokenOff, sendRequest } from "./gcs-request.ts";

/** For `objectStream`. Versions are told by the generation. */
export function receiveObject(connection: GcsConnection, key: string, path: string): ReceiveRange {
  return async (range, { version, signal }) => {
    try {
      return await connection.call({ verb: "read", path, signal }, (bucket, limited) =>
        receiveRange(bucket, { key, range, version }, limited),
      );
    } catch (error) {
      if (version === undefined || !(error instanceof FileNotFoundError)) throw error;
      throw new FileSystemError(
        `Cannot read "${path}": it was replaced or removed meanwhile. Read it again.`,
        { cause: error, details: error.details },
      );
    }
  };
}

interface WantedRange {
  readonly key: string;
  readonly range: ByteRange;
  readonly version: string | undefined;
}

function receiveRange(
  bucket: Bucket,
  { key, range, version }: WantedRange,
  signal: AbortSignal,
): Promise<ReceivedRange> {
  const object = `/storage/v1/b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(key)}`;
  const generation = version === undefined ? "" : `&generation=${version}`;
  const headers = { range: `bytes=${range.offset}-${range.end - 1}`, "accept-encoding": "identity" };
  const request = { method: "GET", url: `${object}?alt=media${generation}`, headers } as const;
  return sendRequest(bucket, request, { signal, read: (answer) => receivedRange(answer, range) });
}

async function receivedRange(answer: Response, { offset, end }: ByteRange): Promise<ReceivedRange> {
  const { headers } = answer;
  const length = headers.get("content-length");
  const bytes = await bytesOf(answer, length === null ? undefined : Number(length));
  const version = headers.get("x-goog-generation") ?? undefined;
  const size = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  if (size !== undefined) return { bytes, size: Number(size), version };
  // What is stored compressed is given as a whole.
  return { bytes: bytes.subarray(offset, end), size: bytes.length, version };
}

async function bytesOf({ body }: Response, length: number | undefined): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  try {
    return await (length === undefined ? contentBytes(body) : bytesOfLength(body, length));
  } catch (error) {
    const { name } = error as Error;
    throw name === "AbortError" ? error : brokenOff(error as Error);
  }
}
