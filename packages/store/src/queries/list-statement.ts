/** The statements of list and count calls. */
import { type RawBuilder, sql } from "kysely";
import type { SqlStatement, SqlValue } from "../sql-session.ts";
import type { MaybeCondition } from "./condition.ts";
import type { QueryDialect } from "./query-dialect.ts";

const DEFAULT_LIMIT = 200;

export interface ListPlan {
  readonly table: string;
  readonly condition: MaybeCondition;
  readonly order: RawBuilder<unknown>;
  readonly page: { readonly limit?: number | null | undefined; readonly offset?: number | null | undefined };
}

/** Whole rows of one table. */
export function listRowsStatement(dialect: QueryDialect, plan: ListPlan): SqlStatement {
  return compile(dialect, sql`select ${sql.ref(plan.table)}.* ${pageOf(plan)}`);
}

/**
 * Runs with their states. The page is cut out first, by id alone: rows are wide, and only those of the page are read.
 * `selectRunsSql` selects them.
 */
export function listRunsStatement(
  dialect: QueryDialect,
  plan: ListPlan,
  selectRunsSql: string,
): SqlStatement {
  const id = sql.ref(`${plan.table}.id`);
  return compile(
    dialect,
    sql`${sql.raw(selectRunsSql)} where ${id} in (select ${id} ${pageOf(plan)}) order by ${plan.order}`,
  );
}

/** A row with the `count` of all that match. */
export function countStatement(
  dialect: QueryDialect,
  plan: Pick<ListPlan, "table" | "condition">,
): SqlStatement {
  return compile(dialect, sql`select count(*) as count ${matching(plan)}`);
}

/** Rows without the sorted value come last in either direction; equal ones are ordered by id in the same direction. */
export function orderBy(expression: string, id: string, direction: "asc" | "desc"): RawBuilder<unknown> {
  return sql.raw(`${expression} ${direction} nulls last, ${id} ${direction}`);
}

function pageOf(plan: ListPlan): RawBuilder<unknown> {
  const { limit, offset } = plan.page;
  return sql`${matching(plan)} order by ${plan.order} limit ${limit ?? DEFAULT_LIMIT} offset ${offset ?? 0}`;
}

function matching({ table, condition }: Pick<ListPlan, "table" | "condition">): RawBuilder<unknown> {
  const from = sql`from ${sql.table(table)}`;
  return condition === undefined ? from : sql`${from} where ${condition}`;
}

function compile(dialect: QueryDialect, query: RawBuilder<unknown>): SqlStatement {
  const compiled = query.compile(dialect.compiler);
  // Conditions are built from texts and numbers only; the session refuses anything else.
  return { sql: compiled.sql, parameters: compiled.parameters as readonly SqlValue[] };
}
