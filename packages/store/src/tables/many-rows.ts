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

/** Rows of one table, and of another that belong to them by their last column. */
export interface PairedRows {
  /** Gives the `id` of each row that was not there. */
  readonly first: ManyRows;
  readonly second: ManyRows;
  /** Both at once; of the second only what belongs to rows that were not there. PostgreSQL only. */
  readonly arraysSql: string;
}

/** Inserts rows unless they are there, and with those that were not the rows of another table that belong to them. */
export function insertPairs(
  first: { readonly table: string; readonly columns: NamedColumns },
  second: { readonly table: string; readonly columns: NamedColumns },
): PairedRows {
  const firstRows = insertRows(first.table, first.columns, "ON CONFLICT DO NOTHING RETURNING id");
  const names = second.columns.map(([name]) => name).join(", ");
  const owner = second.columns.at(-1)?.[0] ?? "";
  return {
    first: firstRows,
    second: insertRows(second.table, second.columns, "ON CONFLICT DO NOTHING"),
    arraysSql:
      `WITH inserted AS (${firstRows.arraysSql}), owned AS (INSERT INTO ${second.table} (${names}) ` +
      `SELECT ${names} FROM ${unnest(second.columns)} AS given (${names}) ` +
      `WHERE ${owner} IN (SELECT id FROM inserted) ON CONFLICT DO NOTHING) SELECT id FROM inserted`,
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
