/** How members of objects lie in columns. */
import { InvalidRequestError } from "@sluice/protocol";
import type { SqlValue } from "../sql-session.ts";
import { storedTimestamp } from "./stored-timestamp.ts";

/** `id` is a UUID, `tags` is JSON that is searched. */
export type ColumnKind = "id" | "text" | "timestamp" | "json" | "tags" | "number" | "boolean";

/** The value of a column; missing members are null in every kind. */
export function encodeColumn(kind: ColumnKind, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "timestamp":
      return storedTimestamp(String(value));
    case "json":
    case "tags":
      return jsonText(value);
    case "boolean":
      return value === true ? 1 : 0;
    case "id":
    case "text":
    case "number":
      // A value of another type is refused by the connection.
      return value as SqlValue;
  }
}

/** The member of a column's value. */
export function decodeColumn(kind: ColumnKind, value: SqlValue): unknown {
  if (value === null) return null;
  switch (kind) {
    case "json":
    case "tags":
      return JSON.parse(String(value));
    case "boolean":
      return value === 1;
    case "id":
    case "timestamp":
    case "text":
    case "number":
      return value;
  }
}

/**
 * The JSON text of a value; null for what JSON leaves out.
 * @throws {InvalidRequestError} when the value cannot be JSON.
 */
export function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch (error) {
    throw new InvalidRequestError(
      `A value cannot be kept as JSON (${error instanceof Error ? error.message : String(error)}). ` +
        "Send plain data without bigints and circular references.",
      { cause: error },
    );
  }
}
