/** The wire's instants: ISO 8601 in UTC with `Z`, up to six decimals. */
import { z } from "zod";

export const timestampSchema = z.iso.datetime({ offset: true });

/** Seconds and decimals since 1970, as Prefect's client sends pause timeouts. */
const LONGEST_EPOCH_SECONDS = 8_640_000_000_000;

/**
 * An instant as clients send it: ISO 8601 with any offset, with a space instead of `T` (Python's `str(datetime)`), or
 * a number of seconds since 1970; in all cases it is read as ISO 8601 text.
 */
export const receivedTimestampSchema = z.preprocess(toIsoText, timestampSchema);

function toIsoText(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/^(\d{4}-\d{2}-\d{2}) /u, "$1T");
  if (typeof value !== "number" || !(Math.abs(value) <= LONGEST_EPOCH_SECONDS)) return value;
  const microseconds = Math.round(value * 1_000_000);
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, "0");
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}
