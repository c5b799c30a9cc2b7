/** One statement for each of many rows, or one for all of them at once, in the words of either kind of database. */
import { POSTGRES_TYPES } from "../postgres/column-types.ts";
import type { ColumnKind } from "./column.ts";

export type NamedColumns = readonly (readonly [name: string, kind: ColumnKind])[];

export interface ManyRows {
  /** A parameter for each column. */
  readonly rowSql: string;
  /** Its parameters are an array of texts for each column. PostgreSQL only. */
  readonly arraysSql: string;
  /** Whether it gives rows. */
  readonly isReturning: boolean;
}

/** Inserts rows; `onConflict` is what to do with those that are there. */
export function insertRows(table: string, columns: NamedColumns, onConflict: string): ManyRows {
  const into = `INSERT INTO ${table} (${columns.map(([name]) => name).join(", ")})`;
  return {
    rowSql: `${into} VALUES (${columns.map(() => "?").join(", ")}) ${onConflict}`,
    arraysSql: `${into} SELECT * FROM ${unnest(columns)} ${onConflict}`,
    isReturning: / RETURNING /u.test(onConflict),
  };
}

/** Deletes the rows that have these values. */
export function deleteRows(table: string, columns: NamedColumns): ManyRows {
  const names = columns.map(([name]) => name);
  const isSame = names.map((name) => `${table}.${name} = gone.${name}`).join(" AND ");
  return {
    rowSql: `DELETE FROM ${table} WHERE ${names.map((name) => `${name} = ?`).join(" AND ")}`,
    arraysSql: `DELETE FROM ${table} USING ${unnest(columns)} AS gone (${names.join(", ")}) WHERE ${isSame}`,
    isReturning: false,
  };
}

function unnest(columns: NamedColumns): string {
  return `unnest(${columns.map(([, kind]) => `?::text[]::${POSTGRES_TYPES[kind]}[]`).join(", ")})`;
}
