/** A record as text: for people in a terminal and for a history that keeps one text per line. */
import { LoggedError } from "./error-text.ts";
import type { LogRecord, LogValue } from "./log-record.ts";
import { truncateText } from "./truncate-text.ts";

/** `Trips read path=trips.csv count=3`, then the stacks of errors on lines of their own; at most 1 MB. */
export function formatMessage(record: LogRecord): string {
  const fields = fieldsText(record);
  const text = fields === "" ? record.message : `${record.message} ${fields}`;
  return truncateText([text, ...stacksOf(record)].join("\n"));
}

/** The fields that are no errors, as `key=value` with spaces between. */
export function fieldsText({ fields }: LogRecord): string {
  let text = "";
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined || value instanceof LoggedError) continue;
    text += `${text === "" ? "" : " "}${key}=${valueText(value)}`;
  }
  return text;
}

/** The stacks of the fields that are errors, one text each. */
export function stacksOf({ fields }: LogRecord): readonly string[] {
  const stacks: string[] = [];
  for (const key in fields) {
    const value = fields[key];
    if (value instanceof LoggedError) stacks.push(key === "error" ? value.stack : `${key}: ${value.stack}`);
  }
  return stacks;
}

function valueText(value: LogValue): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value, shortError) : String(value);
}

function shortError(_key: string, value: unknown): unknown {
  return value instanceof LoggedError ? `${value.name}: ${value.message}` : value;
}
