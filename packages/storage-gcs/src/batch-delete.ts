/** Removes objects with one call, which the SDK has no method for. */
import { randomUUID } from "node:crypto";
import type { Bucket } from "@google-cloud/storage";
import type { GcsCall, GcsConnection } from "./gcs-connection.ts";
import { sendRequest } from "./gcs-request.ts";

/** A limit of Google's batches. */
export const MOST_DELETED_AT_ONCE = 100;

/** @returns which of the keys, by their places, are gone */
export async function deleteObjects(
  connection: GcsConnection,
  keys: readonly string[],
  call: GcsCall,
): Promise<readonly boolean[]> {
  const gone = await connection.call(call, (bucket, limited) => sendBatch(bucket, keys, limited));
  return keys.map((_, index) => gone.has(index));
}

/** Gives the places of those that are gone. */
async function sendBatch(
  bucket: Bucket,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const boundary = `batch-${randomUUID()}`;
  const request = {
    method: "POST",
    url: "/batch/storage/v1",
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: batchBody(bucket.name, keys, boundary),
  } as const;
  return sendRequest(bucket, request, {
    signal,
    read: async (answer) => deletedIn(await answer.text(), answer.headers.get("content-type") ?? ""),
  });
}

function batchBody(bucket: string, keys: readonly string[], boundary: string): string {
  const parts = keys.map((key, index) =>
    [
      `--${boundary}`,
      "content-type: application/http",
      "content-transfer-encoding: binary",
      `content-id: <${index}>`,
      "",
      `DELETE /storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(key)} HTTP/1.1`,
      "content-length: 0",
      "",
      "",
    ].join("\r\n"),
  );
  return `${parts.join("\r\n")}\r\n--${boundary}--\r\n`;
}

/** Answers are in any order, and say by their content id which call they are for: `<response-3>`. */
function deletedIn(answer: string, contentType: string): ReadonlySet<number> {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? "";
  const deleted = new Set<number>();
  for (const part of boundary === "" ? [] : answer.split(`--${boundary}`)) {
    const index = /^content-id:\s*<response-(\d+)>/im.exec(part)?.[1];
    const status = /^HTTP\/[\d.]+ (\d{3})/m.exec(part)?.[1];
    if (index !== undefined && (status?.startsWith("2") || status === "404")) deleted.add(Number(index));
  }
  return deleted;
}
