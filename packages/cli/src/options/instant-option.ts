/** Instants on the command line. */
import { InvalidArgumentError } from "commander";

const FORM = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** The instant in UTC of an ISO 8601 date or time; without an offset it is local time, and a date is its midnight. */
export function parseInstant(text: string): string {
  const local = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(" ", "T");
  const date = new Date(FORM.test(text) ? local : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError(
    "It takes a date or time such as 2026-03-29, 2026-03-29T06:00 (local time) or 2026-03-29T06:00:00Z.",
  );
}
