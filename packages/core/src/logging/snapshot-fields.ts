/** Copies fields at the moment of logging: the caller may change its objects, sinks may write later. */
import { errorText, LoggedError } from "./error-text.ts";
import type { LogValue } from "./log-record.ts";
import type { LogFields } from "./logger.ts";
import type { Redactor } from "./redactor.ts";
import { truncateText } from "./truncate-text.ts";

const MAX_DEPTH = 6;
const MAX_ITEMS = 1000;

interface Snapshot {
  readonly redactor: Redactor;
  /** The objects that are being copied, to notice one inside itself. */
  readonly open: Set<object>;
}

/** Plain, redacted copies of `fields`. Never throws: what cannot be read says so in its place. */
export function snapshotFields(fields: LogFields, redactor: Redactor): Readonly<Record<string, LogValue>> {
  try {
    return copyMembers(Object.entries(fields), { redactor, open: new Set() });
  } catch (error) {
    return { fields: unreadable(error, redactor) };
  }
}

/** `text` without secrets and of bounded size, in this order: a cut secret could not be recognised. */
export function safeText(text: string, redactor: Redactor): string {
  return truncateText(redactor.redact(text));
}

function copy(value: unknown, snapshot: Snapshot): LogValue {
  switch (typeof value) {
    case "string":
      return safeText(value, snapshot.redactor);
    case "number":
      // A number may be a secret, a PIN for one, and JSON has no infinity.
      return Number.isFinite(value) && snapshot.redactor.isEmpty ? value : copyNumber(value, snapshot);
    case "boolean":
      return value;
    case "object":
      return value === null ? null : copyObject(value, snapshot);
    case "function":
      return `[function ${value.name || "(anonymous)"}]`;
    case "bigint":
    case "symbol":
    case "undefined":
      return safeText(String(value), snapshot.redactor);
  }
}

function copyNumber(value: number, { redactor }: Snapshot): LogValue {
  const text = String(value);
  const shown = redactor.redact(text);
  return shown === text && Number.isFinite(value) ? value : shown;
}

function copyObject(value: object, snapshot: Snapshot): LogValue {
  if (snapshot.open.has(value)) return "[circular]";
  if (snapshot.open.size >= MAX_DEPTH) return "[too deep]";
  snapshot.open.add(value);
  try {
    return copyKind(value, snapshot);
  } catch (error) {
    // A getter, a proxy or a toJSON of the user's threw; the line matters more.
    return unreadable(error, snapshot.redactor);
  } finally {
    snapshot.open.delete(value);
  }
}

function unreadable(error: unknown, redactor: Redactor): string {
  return `[unreadable: ${safeText(error instanceof Error ? error.message : typeof error, redactor)}]`;
}

function copyKind(value: object, snapshot: Snapshot): LogValue {
  if (value instanceof Error) return copyError(value, snapshot);
  if (Array.isArray(value)) return copyItems(value, value.length, snapshot);
  if (value instanceof Set) return copyItems(value, value.size, snapshot);
  if (value instanceof Map) return copyMembers(mapEntries(value), snapshot);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return safeText(String(value), snapshot.redactor);
  if ("toJSON" in value && typeof value.toJSON === "function") return copy(value.toJSON(), snapshot);
  return copyMembers(Object.entries(value), snapshot);
}

function copyError(error: Error, { redactor }: Snapshot): LoggedError {
  return new LoggedError({
    name: redactor.redact(error.name),
    message: safeText(error.message, redactor),
    stack: safeText(errorText(error), redactor),
  });
}

function copyItems(items: Iterable<unknown>, count: number, snapshot: Snapshot): readonly LogValue[] {
  const copies: LogValue[] = [];
  for (const item of items) {
    if (copies.length === MAX_ITEMS) {
      copies.push(`[${count - MAX_ITEMS} more]`);
      break;
    }
    copies.push(copy(item, snapshot));
  }
  return copies;
}

function copyMembers(
  entries: readonly (readonly [string, unknown])[],
  snapshot: Snapshot,
): Readonly<Record<string, LogValue>> {
  const copies: [string, LogValue][] = [];
  for (const [key, value] of entries) {
    if (copies.length === MAX_ITEMS) {
      copies.push(["…", `[${entries.length - MAX_ITEMS} more]`]);
      break;
    }
    if (value !== undefined) copies.push([snapshot.redactor.redact(key), copy(value, snapshot)]);
  }
  return Object.fromEntries(copies);
}

function mapEntries(map: ReadonlyMap<unknown, unknown>): readonly (readonly [string, unknown])[] {
  return [...map].map(([key, value]) => [String(key), value]);
}
