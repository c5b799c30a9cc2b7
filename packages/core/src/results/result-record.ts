/** The file of a result: JSON with what is known about the value, and the serialised value. Prefect 3 uses the same layout. */

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { ResultReference } from "@sluice/protocol";

/** Members of our own beside those of the reference; readers of other programs skip them. */
export interface RecordMetadata extends ResultReference {
  /** How the bytes became the text in `result`. */
  readonly encoding: "utf8" | "base64";
  /** SHA-256 of the serialised bytes, in hex. */
  readonly checksum: string;
  /** Number of the serialised bytes. */
  readonly length: number;
}

/** What a file says, before the value is read. */
export interface ParsedRecord {
  readonly reference: ResultReference;
  readonly payload: Uint8Array;
  /** Whether a checksum was there, and was right. */
  readonly isVerified: boolean;
}

/** The text of a result's file. */
export function recordText(reference: ResultReference, payload: Uint8Array): string {
  const encoding = isUtf8(payload) ? "utf8" : "base64";
  const metadata: RecordMetadata = {
    ...reference,
    encoding,
    checksum: checksumOf(payload),
    length: payload.length,
  };
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return JSON.stringify({ metadata, result: buffer.toString(encoding) });
}

/** What the text of a file says, or what is wrong with it. */
export function parseRecord(text: string, path: string): ParsedRecord | { readonly problem: string } {
  const json = parseJson(text);
  if ("problem" in json) return json;
  const { metadata, result } = json.value as { metadata?: unknown; result?: unknown };
  if (!isReference(metadata) || typeof result !== "string")
    return { problem: "it is not the file of a result" };
  const payload = Buffer.from(result, encodingOf(metadata));
  const problem = damage(metadata, payload, path);
  return problem === undefined
    ? { reference: referenceOf(metadata), payload, isVerified: metadata["checksum"] !== undefined }
    : { problem };
}

function parseJson(text: string): { readonly value: object } | { readonly problem: string } {
  if (text.trim() === "") return { problem: "it is empty" };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? { value }
      : { problem: "it is not the file of a result" };
  } catch (error) {
    return {
      problem: `it is cut off or not JSON (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}

function isReference(value: unknown): value is ResultReference {
  if (typeof value !== "object" || value === null) return false;
  const { serializer, expiration } = value as Partial<ResultReference>;
  if (typeof serializer?.type !== "string") return false;
  return expiration === undefined || expiration === null || !Number.isNaN(Date.parse(expiration));
}

/** Prefect's compressing serialisers give base64, its JSON serialiser text. */
function encodingOf(metadata: ResultReference): "utf8" | "base64" {
  const { encoding, serializer } = metadata;
  if (encoding === "utf8" || encoding === "base64") return encoding;
  return serializer.type.startsWith("compressed/") ? "base64" : "utf8";
}

function damage(metadata: ResultReference, payload: Uint8Array, path: string): string | undefined {
  const { checksum, length, storage_key: key } = metadata;
  if (checksum === undefined) return undefined;
  if (length !== payload.length)
    return `it has ${payload.length} bytes of data where ${String(length)} were written`;
  if (checksum !== checksumOf(payload)) return "its data were changed after it was written";
  return key === path ? undefined : `it is the result "${key}"`;
}

function referenceOf(metadata: ResultReference): ResultReference {
  const { encoding: _encoding, checksum: _checksum, length: _length, ...reference } = metadata;
  return reference;
}

function checksumOf(payload: Uint8Array): string {
  return createHash("sha256").update(payload).digest("hex");
}
