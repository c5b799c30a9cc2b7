/**
 * Arrays of texts in PostgreSQL's binary format, which nobody has to escape and parse: for thousands of JSON texts that
 * took as long as everything else that is done to insert them.
 */
import type { SqlValue } from "../sql-session.ts";

/** Object id of the type `text`. */
const TEXT = 25;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** The parameter for a `text[]`. */
export function textArray(values: readonly SqlValue[]): Buffer {
  const texts = values.map(storable);
  let size = HEADER_BYTES;
  for (const text of texts) size += LENGTH_BYTES + (text === null ? 0 : Buffer.byteLength(text));
  const array = Buffer.allocUnsafe(size);
  array.writeInt32BE(1, 0); // dimensions
  array.writeInt32BE(texts.includes(null) ? 1 : 0, 4);
  array.writeInt32BE(TEXT, 8);
  array.writeInt32BE(texts.length, 12);
  array.writeInt32BE(1, 16); // index of the first element
  let offset = HEADER_BYTES;
  for (const text of texts) {
    const length = text === null ? 0 : array.write(text, offset + LENGTH_BYTES);
    array.writeInt32BE(text === null ? NULL_LENGTH : length, offset);
    offset += LENGTH_BYTES + length;
  }
  return array;
}

/** PostgreSQL cannot keep the character NUL in text, so it is left out. */
function storable(value: SqlValue): string | null {
  if (typeof value !== "string") return value === null ? null : String(value);
  return value.includes("\0") ? value.replaceAll("\0", "") : value;
}
