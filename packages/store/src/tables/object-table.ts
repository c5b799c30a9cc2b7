/** A table of which every column is a member of one noun: the statements on it, and objects to rows and back. */
import type { SqlRow, SqlValue } from "../sql-session.ts";
import { type ColumnKind, decodeColumn, encodeColumn } from "./column.ts";

/** Every member of an object with how it is kept. */
export type Columns<T> = { readonly [Member in keyof T & string]: ColumnKind };

export class ObjectTable<T extends object> {
  readonly name: string;
  readonly columns: readonly string[];
  readonly insertSql: string;
  readonly #kinds: readonly (readonly [string, ColumnKind])[];

  constructor(name: string, columns: Columns<T>) {
    this.name = name;
    this.#kinds = Object.entries<ColumnKind>(columns);
    this.columns = this.#kinds.map(([column]) => column);
    this.insertSql = `INSERT INTO ${name} (${this.columns.join(", ")}) VALUES (${this.columns.map(() => "?").join(", ")})`;
  }

  /** The parameters of `insertSql`; missing members are null. */
  encode(object: Partial<T>): SqlValue[] {
    return this.#kinds.map(([column, kind]) => encodeColumn(kind, object[column as keyof T]));
  }

  decode(row: SqlRow): T {
    const object: Record<string, unknown> = {};
    for (const [column, kind] of this.#kinds) object[column] = decodeColumn(kind, row[column] ?? null);
    // The columns are those of T, and each value was encoded from a member of its type.
    return object as T;
  }

  /** The statement that writes the members present in `changes` to the object with an id; undefined when there are none. */
  update(
    id: string,
    changes: Partial<T>,
  ): { readonly sql: string; readonly parameters: SqlValue[] } | undefined {
    const assignments: string[] = [];
    const parameters: SqlValue[] = [];
    for (const [column, kind] of this.#kinds) {
      const value = changes[column as keyof T];
      if (value === undefined) continue;
      assignments.push(`${column} = ?`);
      parameters.push(encodeColumn(kind, value));
    }
    if (assignments.length === 0) return undefined;
    return {
      sql: `UPDATE ${this.name} SET ${assignments.join(", ")} WHERE id = ?`,
      parameters: [...parameters, id],
    };
  }
}
