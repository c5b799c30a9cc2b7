/** Removes many objects with few calls, which the SDK has no method for. */
import { randomUUID } from "node:crypto";
import type { Bucket } from "@google-cloud/storage";
import type { GcsCall, GcsConnection } from "./gcs-connection.ts";
import { sendRequest } from "./gcs-request.ts";

/** A limit of Google's batches. */
const MOST_AT_ONCE = 100;

export interface FileToDelete {
  readonly path: string;
  readonly key: string;
}

/** @returns those that are still there, for whatever reason */
export async function deleteObjects(
  connection: GcsConnection,
  files: readonly FileToDelete[],
  signal: AbortSignal | undefined,
): Promise<readonly FileToDelete[]> {
  const left: FileToDelete[] = [];
  for (let start = 0; start < files.length; start += MOST_AT_ONCE) {
    const batch = files.slice(start, start + MOST_AT_ONCE);
    const call: GcsCall = { verb: "delete", path: batch[0]?.path ?? "", signal };
    const gone = await connection.call(call, (bucket, limited) => sendBatch(bucket, batch, limited));
    left.push(...batch.filter((_, index) => !gone.has(index)));
  }
  return left;
}

/** Gives the places of those that are gone. */
async function sendBatch(
  bucket: Bucket,
  files: readonly FileToDelete[],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const boundary = `batch-${randomUUID()}`;
  const request = {
    method: "POST",
    url: "/batch/storage/v1",
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: batchBody(bucket.name, files, boundary),
  } as const;
  return sendRequest(bucket, request, {
    signal,
    read: async (answer) => deletedIn(await answer.text(), answer.headers.get("content-type") ?? ""),
  });
}

function batchBody(bucket: string, files: readonly FileToDelete[], boundary: string): string {
  const parts = files.map(({ key }, index) =>
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
