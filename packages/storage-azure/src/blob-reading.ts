/** Receives ranges of a blob. */
import { setTimeout as delay } from "node:timers/promises";
import type { BlobDownloadResponseParsed, ContainerClient } from "@azure/storage-blob";
import { type ByteRange, bytesOfLength, type ReceivedRange, type ReceiveRange } from "@sluice/core";
import type { ContainerConnection } from "./container-connection.ts";

/** How often content that breaks off in the middle is asked for again. */
const MAX_ATTEMPTS = 4;
const RETRY_DELAY_MS = 200;

/** For `objectStream`. Versions are told by the ETag. */
export function receiveBlob(connection: ContainerConnection, key: string, path: string): ReceiveRange {
  return (range, { version, signal }) =>
    connection.call({ verb: "read", path, signal }, (container, abortSignal) =>
      receiveRange(container, { key, range, version }, abortSignal),
    );
}

interface WantedRange {
  readonly key: string;
  readonly range: ByteRange;
  readonly version: string | undefined;
}

async function receiveRange(
  container: ContainerClient,
  { key, range: { offset, end }, version }: WantedRange,
  abortSignal: AbortSignal,
): Promise<ReceivedRange> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await container.getBlobClient(key).download(offset, end - offset, {
      abortSignal,
      // The SDK would go on with a stream only after some of the ways in which it can break.
      maxRetryRequests: 0,
      ...(version !== undefined && { conditions: { ifMatch: version } }),
    });
    try {
      const bytes = await bytesOf(answer);
      const size = Number(/\/(\d+)$/.exec(answer.contentRange ?? "")?.[1] ?? bytes.length);
      return { bytes, size, version: answer.etag };
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || abortSignal.aborted) throw cutOff(error);
      await delay(RETRY_DELAY_MS * attempt, undefined, { signal: abortSignal });
    }
  }
}

async function bytesOf({
  readableStreamBody: stream,
  contentLength = 0,
}: BlobDownloadResponseParsed): Promise<Uint8Array> {
  if (stream === undefined) throw new TypeError("The SDK gave no stream of Node.");
  return bytesOfLength(stream as AsyncIterable<Buffer>, contentLength);
}

/** Streams that break have errors of many names. */
function cutOff(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(`the content broke off: ${message}`), { code: "ECONNRESET" });
}
