/**
 * Instants as text with microseconds: ISO 8601 in UTC with exactly six decimals and `Z`, so that the order of the texts
 * is the order of the instants. `Date` holds milliseconds only, which cannot keep the states of a run apart.
 */

const CANONICAL_LENGTH = "2026-01-02T03:04:05.123456Z".length;
const MILLISECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;
/** The first and the last second of years with four digits, so that texts are ordered as instants are. */
const EARLIEST_MICROSECONDS = Date.parse("0000-01-01T00:00:00.000Z") * 1000;
const LATEST_MICROSECONDS = Date.parse("9999-12-31T23:59:59.000Z") * 1000;
const SECONDS_LENGTH = "2026-01-02T03:04:05".length;

/** As long as there are instants to tell apart: from year 0 to year 9999. Longer spans are no different. */
export const LONGEST_SPAN_SECONDS = 315_576_000_000;

/** Microseconds since the epoch. Decimals past the sixth are cut off. */
export function toMicroseconds(timestamp: string): number {
  // `Date.parse` reads three decimals and ignores the others.
  if (isCanonical(timestamp)) return Date.parse(timestamp) * 1000 + Number(timestamp.slice(-4, -1));
  const fraction = /[.,](\d+)/.exec(timestamp)?.[1];
  if (fraction === undefined) return Date.parse(timestamp) * 1000;
  const wholeSeconds =
    timestamp.slice(0, SECONDS_LENGTH) + timestamp.slice(SECONDS_LENGTH + 1 + fraction.length);
  return Date.parse(wholeSeconds) * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/** The canonical text of an instant given in microseconds since the epoch. */
export function fromMicroseconds(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, "0");
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}

/** The canonical text of a `Date`. */
export function fromDate(date: Date): string {
  return `${date.toISOString().slice(0, -1)}000Z`;
}

/** The same instant in canonical text. */
export function canonicalTimestamp(timestamp: string): string {
  if (isCanonical(timestamp)) return timestamp;
  // What `Date` writes lacks three digits only.
  if (MILLISECONDS.test(timestamp)) return `${timestamp.slice(0, -1)}000Z`;
  return fromMicroseconds(toMicroseconds(timestamp));
}

/** Negative when `a` is earlier than `b`, positive when later, zero for one instant, however the two are written. */
export function compareTimestamps(a: string, b: string): number {
  // In UTC and with as many decimals, the order of the texts is that of the instants.
  if (a.length === b.length && a.endsWith("Z") && b.endsWith("Z")) return a < b ? -1 : a > b ? 1 : 0;
  return toMicroseconds(a) - toMicroseconds(b);
}

/** Seconds from `start` to `end`; negative when `end` is the earlier one. */
export function secondsBetween(start: string, end: string): number {
  return (toMicroseconds(end) - toMicroseconds(start)) / 1_000_000;
}

/** The instant that many seconds (to the microsecond) after `timestamp`; the last there is instead of one after it. */
export function addSeconds(timestamp: string, seconds: number): string {
  const microseconds = toMicroseconds(timestamp) + Math.round(seconds * 1_000_000);
  return fromMicroseconds(Math.max(EARLIEST_MICROSECONDS, Math.min(LATEST_MICROSECONDS, microseconds)));
}

function isCanonical(timestamp: string): boolean {
  return timestamp.length === CANONICAL_LENGTH && timestamp.endsWith("Z");
}
