/** The types of PostgreSQL in which the texts of a column's values are read. */
import type { ColumnKind } from "../tables/column.ts";

export const POSTGRES_TYPES: Readonly<Record<ColumnKind, string>> = {
  id: "uuid",
  text: "text",
  timestamp: "timestamptz",
  json: "json",
  tags: "jsonb",
  number: "float8",
  boolean: "boolean",
};
