/** What is known about a stored value, and the value as text. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { ResultReference } from "@sluice/protocol";

/** Members of our own beside those of the reference; readers of other programs skip them. */
export interface RecordMetadata extends ResultReference {
  /** How the serialised bytes became text. */
  readonly encoding: "utf8" | "base64";
  /** SHA-256 of the serialised bytes, in hex. */
  readonly checksum: string;
  /** Number of the serialised bytes. */
  readonly length: number;
}

/** A record to write. */
export interface StoredRecord {
  readonly metadata: RecordMetadata;
  /** The serialised value. */
  readonly text: string;
}

/** A record as found; nothing about it is certain. */
export interface FoundRecord {
  readonly metadata: unknown;
  readonly text: unknown;
}

/** A record that was checked. */
export interface CheckedRecord {
  readonly reference: ResultReference;
  readonly payload: Uint8Array;
  /** Whether a checksum was there, and was right. */
  readonly isVerified: boolean;
}

/** Why something is no record. */
export interface Problem {
  readonly problem: string;
}

/** The record of a serialised value. */
export function makeRecord(reference: ResultReference, payload: Uint8Array): StoredRecord {
  const encoding = isUtf8(payload) ? "utf8" : "base64";
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString(encoding);
  const metadata = { ...reference, encoding, checksum: checksumOf(payload), length: payload.length } as const;
  return { metadata, text };
}

/** The record of this path, or what is wrong with it. */
export function checkRecord({ metadata, text }: FoundRecord, path: string): CheckedRecord | Problem {
  if (!isReference(metadata) || typeof text !== "string")
    return { problem: "it is not the file of a result" };
  const payload = Buffer.from(text, encodingOf(metadata));
  const problem = damage(metadata, payload, path);
  if (problem !== undefined) return { problem };
  const { encoding: _encoding, checksum, length: _length, ...reference } = metadata;
  return { reference, payload, isVerified: checksum !== undefined };
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
  return serializer.type.startsWith("compressed") ? "base64" : "utf8";
}

function damage(metadata: ResultReference, payload: Uint8Array, path: string): string | undefined {
  const { checksum, length, storage_key: key } = metadata;
  if (checksum === undefined) return undefined;
  if (length !== payload.length)
    return `it has ${payload.length} bytes of data where ${String(length)} were written`;
  if (checksum !== checksumOf(payload)) return "its data were changed after it was written";
  return key === path ? undefined : `it is the result "${key}"`;
}

function checksumOf(payload: Uint8Array): string {
  return createHash("sha256").update(payload).digest("hex");
}
