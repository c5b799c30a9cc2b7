/** Writes an object: small content with one call, more of it in parts, of which nothing is visible before all are there. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ChecksumAlgorithm, CompletedPart, S3 } from "@aws-sdk/client-s3";
import {
  type ContentParts,
  type FileContent,
  FileExistsError,
  FileSystemError,
  forEachConcurrently,
  withContentParts,
} from "@sluice/core";
import type { S3Call, S3Connection } from "./s3-connection.ts";

/** Parts under way at once. */
const PARTS_UNDER_WAY = 4;
/** A limit of S3. */
const MOST_PARTS = 10_000;
const CONFLICT_ATTEMPTS = 6;
const CONFLICT_DELAY_MS = 100;
/** Tells whose write it was when the answer to it got lost. */
const WRITER = "sluice-writer";

export interface ObjectToWrite {
  readonly connection: S3Connection;
  readonly bucket: string;
  readonly key: string;
  readonly call: S3Call;
  readonly partBytes: number;
  readonly ifAbsent: boolean;
}

/** Old content stays until the new one is there as a whole. */
export async function writeObject(object: ObjectToWrite, content: FileContent): Promise<void> {
  const { partBytes, call } = object;
  await withContentParts(content, { partBytes, signal: call.signal }, (parts) =>
    parts.kind === "one" ? putObject(object, parts.bytes) : uploadParts(object, parts),
  );
}

async function putObject(object: ObjectToWrite, bytes: Uint8Array): Promise<void> {
  const { connection, bucket, key, call } = object;
  await conditionally(object, (condition) =>
    despiteConflicts(call, () =>
      connection.call(call, (s3, settings) =>
        s3.putObject({ Bucket: bucket, Key: key, Body: bytes, ...condition }, settings),
      ),
    ),
  );
}

async function uploadParts(object: ObjectToWrite, parts: ManyParts): Promise<void> {
  const { connection, bucket, key, call } = object;
  const target = { Bucket: bucket, Key: key };
  await conditionally(object, async ({ Metadata, ...condition }) => {
    const metadata = Metadata === undefined ? {} : { Metadata };
    const checksum = await connection.call(call, checksumOf);
    const { UploadId } = await connection.call(call, (s3, settings) =>
      s3.createMultipartUpload({ ...target, ...metadata, ...checksum }, settings),
    );
    const upload = { ...target, UploadId };
    try {
      const completed = await sendParts(object, { ...upload, ...checksum }, parts);
      call.signal?.throwIfAborted();
      // From here on the write is not stopped any more: nobody could tell whether it was done.
      await connection.call({ verb: call.verb, path: call.path }, (s3) =>
        s3.completeMultipartUpload({ ...upload, ...condition, MultipartUpload: { Parts: completed } }),
      );
    } catch (error) {
      await connection.cleanUp((s3, settings) => s3.abortMultipartUpload(upload, settings));
      throw error;
    }
  });
}

type ManyParts = Extract<ContentParts, { kind: "many" }>;

interface Upload extends Checksum {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

interface Checksum {
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
}

/**
 * The checksum of parts, where the client sends any, has to be told when the upload begins: otherwise S3 computes another
 * one of the whole object at its end.
 */
async function checksumOf(s3: S3): Promise<Checksum> {
  const calculation = await s3.config.requestChecksumCalculation();
  return calculation === "WHEN_SUPPORTED" ? { ChecksumAlgorithm: "CRC32" } : {};
}

async function sendParts(
  { connection, call, partBytes }: ObjectToWrite,
  upload: Upload,
  { parts, reuse }: ManyParts,
): Promise<CompletedPart[]> {
  const completed: CompletedPart[] = [];
  const numbered = withNumbers(parts);
  const options = { concurrency: PARTS_UNDER_WAY, signal: call.signal };
  await forEachConcurrently(numbered, options, async ({ number, bytes }, signal) => {
    if (number > MOST_PARTS) {
      const most = Math.round((MOST_PARTS * partBytes) / 1024 ** 3);
      throw new FileSystemError(
        `Cannot write "${call.path}": it is longer than the ${most} GiB that ${MOST_PARTS} parts hold. Raise partMebibytes of the block.`,
        { details: { path: call.path } },
      );
    }
    const { ETag, ChecksumCRC32 } = await connection.call({ ...call, signal }, (s3, settings) =>
      s3.uploadPart({ ...upload, PartNumber: number, Body: bytes }, settings),
    );
    reuse(bytes);
    completed.push({
      PartNumber: number,
      ...(ETag !== undefined && { ETag }),
      ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }),
    });
  });
  return completed.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

async function* withNumbers(
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }, void, undefined> {
  let number = 0;
  for await (const bytes of parts) {
    number += 1;
    yield { number, bytes };
  }
}

interface Condition {
  readonly IfNoneMatch?: "*";
  readonly Metadata?: Record<string, string>;
}

/** Writes once, if the key must be free under the condition that it is. */
async function conditionally(
  object: ObjectToWrite,
  write: (condition: Condition) => Promise<unknown>,
): Promise<void> {
  if (!object.ifAbsent) {
    await write({});
    return;
  }
  const writer = randomUUID();
  try {
    await write({ IfNoneMatch: "*", Metadata: { [WRITER]: writer } });
  } catch (error) {
    // When the answer to a successful write got lost, the SDK sends it again and is told that the key is taken.
    const isRepeated = error instanceof FileExistsError && error.details["attempts"] !== 1;
    if (!isRepeated || (await writerOf(object)) !== writer) throw error;
  }
}

async function writerOf({ connection, bucket, key, call }: ObjectToWrite): Promise<string | undefined> {
  const { Metadata } = await connection.call(call, (s3, settings) =>
    s3.headObject({ Bucket: bucket, Key: key }, settings),
  );
  return Metadata?.[WRITER];
}

/** S3 refuses to decide between two writes at the very same time, and leaves it to the writers to come again. */
async function despiteConflicts(call: S3Call, write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      const isConflict = error instanceof FileSystemError && error.details["status"] === 409;
      if (!isConflict || attempt === CONFLICT_ATTEMPTS) throw error;
      await delay(CONFLICT_DELAY_MS * attempt, undefined, call.signal && { signal: call.signal });
    }
  }
}
