/** Builds queries for one database: Kysely as a compiler, and the expressions that databases spell differently. */
import type { Kysely, RawBuilder, SqlBool } from "kysely";
import type { SqlDialectName } from "../sql-session.ts";
import { sqliteQueryDialect } from "./sqlite-query-dialect.ts";

/** A condition on the rows of a query. */
export type Condition = RawBuilder<SqlBool>;

/** A column or an expression of text. */
export type TextExpression = RawBuilder<string | null>;

export interface QueryDialect {
  /** Compiles only; nothing runs through it. */
  readonly compiler: Kysely<unknown>;
  /** Whether the text is one of many. */
  isOneOf(text: TextExpression, values: readonly string[]): Condition;
  /** Whether the text contains `part`, whatever the case of either. */
  containsText(text: TextExpression, part: string): Condition;
  /** Whether a JSON array of texts contains every one of `values`. */
  containsAll(array: TextExpression, values: readonly string[]): Condition;
  /** Whether a JSON array of texts contains one of `values`. */
  containsAny(array: TextExpression, values: readonly string[]): Condition;
}

export function queryDialect(name: SqlDialectName): QueryDialect {
  switch (name) {
    case "sqlite":
      return sqliteQueryDialect();
  }
}
