/** The expressions that databases spell differently. */
import type { SqlDialectName } from "../sql-session.ts";
import type { ColumnKind } from "../tables/column.ts";
import { postgresQueryDialect } from "./postgres-query-dialect.ts";
import type { SqlFragment } from "./sql-fragment.ts";
import { sqliteQueryDialect } from "./sqlite-query-dialect.ts";

/** A column, or an expression of the same kind. */
export interface Operand {
  readonly fragment: SqlFragment;
  readonly kind: ColumnKind;
}

export interface QueryDialect {
  /** Whether the value is one of many. */
  isOneOf(operand: Operand, values: readonly string[]): SqlFragment;
  /** Whether the text contains `part`, whatever the case of either. */
  containsText(text: SqlFragment, part: string): SqlFragment;
  /** Whether a JSON array of texts contains every one of `values`. */
  containsAll(array: SqlFragment, values: readonly string[]): SqlFragment;
  /** Whether a JSON array of texts contains one of `values`. */
  containsAny(array: SqlFragment, values: readonly string[]): SqlFragment;
}

export function queryDialect(name: SqlDialectName): QueryDialect {
  switch (name) {
    case "sqlite":
      return sqliteQueryDialect;
    case "postgres":
      return postgresQueryDialect;
  }
}
