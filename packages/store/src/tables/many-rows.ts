/** An insert of many rows at once, in the words of either kind of database. */
import { POSTGRES_TYPES } from "../postgres/column-types.ts";
import type { ColumnKind } from "./column.ts";

/** What to insert into; `onConflict` is what to do with rows that are there. */
export interface ManyRowsOptions {
  readonly table: string;
  readonly columns: readonly (readonly [name: string, kind: ColumnKind])[];
  readonly onConflict: string;
}

export class ManyRows {
  /** Inserts one row; a parameter for each column. */
  readonly rowSql: string;
  /** Inserts as many rows as there are elements in its parameters, which are an array for each column. PostgreSQL only. */
  readonly arraysSql: string;

  constructor({ table, columns, onConflict }: ManyRowsOptions) {
    const into = `INSERT INTO ${table} (${columns.map(([name]) => name).join(", ")})`;
    const arrays = columns.map(([, kind]) => `?::${POSTGRES_TYPES[kind]}[]`);
    this.rowSql = `${into} VALUES (${columns.map(() => "?").join(", ")}) ${onConflict}`;
    this.arraysSql = `${into} SELECT * FROM unnest(${arrays.join(", ")}) ${onConflict}`;
  }
}
