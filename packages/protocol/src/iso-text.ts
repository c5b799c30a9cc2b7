/** Other spellings of instants. */

/** Seconds and decimals since 1970, as Prefect's client sends pause timeouts. */
const LONGEST_EPOCH_SECONDS = 8_640_000_000_000;

/** ISO 8601 text of a number of seconds since 1970 and of Python's `str(datetime)`; anything else is given back. */
export function toIsoText(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/^(\d{4}-\d{2}-\d{2}) /u, "$1T");
  if (typeof value !== "number" || !(Math.abs(value) <= LONGEST_EPOCH_SECONDS)) return value;
  const microseconds = Math.round(value * 1_000_000);
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, "0");
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}
