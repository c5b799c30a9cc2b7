/** Keeps texts to the size a history takes. */

/** The largest message of the orchestration API, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 1_000_000;

const MAX_BYTES_PER_UNIT = 3;

/** `text`, or as much of its beginning as fits into `maxBytes` of UTF-8 together with a note that says what is missing. */
export function truncateText(text: string, maxBytes: number = MAX_MESSAGE_BYTES): string {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const note = `… [truncated: the whole text has ${bytes} bytes]`;
  const room = new Uint8Array(Math.max(0, maxBytes - Buffer.byteLength(note)));
  // encodeInto stops before a character that does not fit whole.
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read) + note;
}
