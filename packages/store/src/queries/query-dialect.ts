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
  /** Whether the text, or the text of the JSON, contains `part`, whatever the case of either. */
  containsText(operand: Operand, part: string): SqlFragment;
  /** Whether a JSON array of texts contains every one of `values`. */
  containsAll(array: SqlFragment, values: readonly string[]): SqlFragment;
  /** Whether a JSON array of texts contains one of `values`. */
  containsAny(array: SqlFragment, values: readonly string[]): SqlFragment;
  /** Whether `isMatch` holds for a JSON object, or for one of a list of them. */
  someObject(json: SqlFragment, isMatch: (object: SqlFragment) => SqlFragment): SqlFragment;
  /** The text of a member of a JSON object; null when there is none. */
  memberText(object: SqlFragment, member: string): SqlFragment;
  /** How many whole times `seconds` an instant comes after `origin`, rounded down. */
  bucketOf(instant: SqlFragment, origin: string, seconds: number): SqlFragment;
  /** The instant of a stored timestamp. */
  instant(timestamp: string): SqlFragment;
  /** Seconds with their fraction from one instant to another. */
  secondsBetween(start: SqlFragment, end: SqlFragment): SqlFragment;
  /** A table of given rows, for `from`. */
  valuesTable(
    alias: string,
    rows: readonly (readonly (number | string)[])[],
    columns: Readonly<Record<string, "whole" | "timestamp">>,
  ): SqlFragment;
  /**
   * Joins what is on the left with the rows of a table that a condition on both picks, by looks into an index of the table
   * and in no other way, whatever the database thinks of its frequencies.
   */
  lookInto(table: string, condition: SqlFragment): SqlFragment;
  /** Whether the database knows how frequent values are, and so finds out itself from which table to go to which. */
  readonly knowsFrequencies: boolean;
  /** The join whose left table is gone through in order, with a look into the right one for each row. */
  readonly leadsTo: string;
}

export function queryDialect(name: SqlDialectName): QueryDialect {
  switch (name) {
    case "sqlite":
      return sqliteQueryDialect;
    case "postgres":
      return postgresQueryDialect;
  }
}
