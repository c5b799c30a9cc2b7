/** Arrays as PostgreSQL reads them: `{"a","b",NULL}`. */
import type { SqlValue } from "../sql-session.ts";

const SPECIAL = /["\\]/gu;

export function arrayLiteral(values: readonly SqlValue[]): string {
  return `{${values.map(element).join(",")}}`;
}

function element(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `"${value.replace(SPECIAL, "\\$&")}"`;
}
