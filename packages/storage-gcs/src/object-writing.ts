/** Writes an object: small content with one call, more of it in parts, of which nothing is visible before all are there. */
import { randomUUID } from "node:crypto";
import type { Bucket } from "@google-cloud/storage";
import { type FileContent, FileExistsError, withContentParts } from "@sluice/core";
import type { GcsCall, GcsConnection } from "./gcs-connection.ts";
import { sendRequest } from "./gcs-request.ts";
import { type ObjectToUpload, uploadParts, uploadUrl } from "./resumable-upload.ts";

/** Tells whose write it was when the answer to it got lost. */
const WRITER = "sluice-writer";

export interface ObjectToWrite {
  readonly connection: GcsConnection;
  readonly key: string;
  readonly call: GcsCall;
  readonly partBytes: number;
  readonly ifAbsent: boolean;
}

/** Old content stays until the new one is there as a whole. */
export async function writeObject(object: ObjectToWrite, content: FileContent): Promise<void> {
  const { connection, key, call, partBytes } = object;
  await withContentParts(content, { partBytes, signal: call.signal }, (parts) =>
    conditionally(object, (condition) => {
      const upload = { key, ...condition };
      return parts.kind === "one"
        ? connection.call(call, (bucket, signal) =>
            uploadAtOnce(bucket, upload, { bytes: parts.bytes, signal }),
          )
        : connection.upload(call, (bucket, signal) =>
            uploadParts(bucket, upload, { parts: parts.parts, signal }),
          );
    }),
  );
}

interface Content {
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

async function uploadAtOnce(
  bucket: Bucket,
  upload: ObjectToUpload,
  { bytes, signal }: Content,
): Promise<void> {
  const { metadata } = upload;
  const boundary = `part-${randomUUID()}`;
  const request =
    metadata === undefined
      ? {
          url: uploadUrl(bucket, upload, "media"),
          headers: { "content-type": "application/octet-stream" },
          body: new Uint8Array(bytes),
        }
      : {
          url: uploadUrl(bucket, upload, "multipart"),
          headers: { "content-type": `multipart/related; boundary=${boundary}` },
          body: multipartBody(boundary, JSON.stringify({ metadata }), bytes),
        };
  await sendRequest(bucket, { method: "POST", ...request }, { signal, read: (answer) => answer.text() });
}

function multipartBody(boundary: string, metadata: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = `--${boundary}\r\ncontent-type: application/json\r\n\r\n${metadata}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

async function conditionally(
  object: ObjectToWrite,
  write: (condition: Omit<ObjectToUpload, "key">) => Promise<void>,
): Promise<void> {
  if (!object.ifAbsent) {
    await write({});
    return;
  }
  const writer = randomUUID();
  try {
    await write({ ifAbsent: true, metadata: { [WRITER]: writer } });
  } catch (error) {
    // When the answer to a successful write got lost, it is sent again and told that the object is there.
    if (!(error instanceof FileExistsError) || (await writerOf(object)) !== writer) throw error;
  }
}

/** Undefined also when it cannot be told, such as for those who may write and not read. */
async function writerOf({ connection, key, call }: ObjectToWrite): Promise<unknown> {
  const look = connection.call(call, (bucket) => bucket.file(key).getMetadata());
  const [outcome] = await Promise.allSettled([look]);
  call.signal?.throwIfAborted();
  return outcome.status === "fulfilled" ? outcome.value[0].metadata?.[WRITER] : undefined;
}
