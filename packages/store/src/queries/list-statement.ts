/** The statements of list and count calls. */
import type { Condition, ObjectQuery, StoredNouns } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { isRequired, type Noun } from "../tables/noun-tables.ts";
import { type AnyCondition, compileCondition, firstOf, type Scope } from "./compile-condition.ts";
import { type QueryDialect, queryDialect } from "./query-dialect.ts";
import { joinSql, rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

/** SQLite has no offset without a limit. */
const NO_LIMIT = 9_007_199_254_740_991;

/** Which rows of one table, in which order. */
export interface ListPlan<N extends Noun> {
  readonly noun: N;
  readonly query: ObjectQuery<StoredNouns[N]>;
}

/** Whole rows of one table. */
export function listRowsStatement<N extends Noun>(
  dialectName: SqlDialectName,
  plan: ListPlan<N>,
): SqlStatement {
  return sql`select ${rawSql(plan.noun)}.* ${pageOf(queryDialect(dialectName), plan)}`;
}

/** The ids alone. */
export function listIdsStatement<N extends Noun>(
  dialectName: SqlDialectName,
  plan: ListPlan<N>,
): SqlStatement {
  return sql`select ${rawSql(plan.noun)}.id ${pageOf(queryDialect(dialectName), plan)}`;
}

/**
 * Runs with their states. The page is cut out first, by id alone: rows are wide, and only those of the page are read.
 * `selectRunsSql` selects them.
 */
export function listRunsStatement<N extends "flow_run" | "task_run">(
  dialectName: SqlDialectName,
  plan: ListPlan<N>,
  selectRunsSql: string,
): SqlStatement {
  const id = rawSql(`${plan.noun}.id`);
  const ids = listIdsStatement(dialectName, plan);
  return sql`${rawSql(selectRunsSql)} where ${id} in (${ids}) ${orderOf(plan)}`;
}

/** A row with the `count` of all that match. */
export function countStatement<N extends Noun>(
  dialectName: SqlDialectName,
  noun: N,
  where: Condition<StoredNouns[N]> | undefined,
): SqlStatement {
  return sql`select count(*) as count ${matching(queryDialect(dialectName), noun, where)}`;
}

/** Rows with each `value` of a member and its `count`. */
export function countByStatement<N extends Noun>(
  dialectName: SqlDialectName,
  plan: { readonly noun: N; readonly member: string },
  where: Condition<StoredNouns[N]> | undefined,
): SqlStatement {
  const value = firstOf(scopeOf(plan.noun), plan.member);
  const counts = sql`select ${value} as value, count(*) as count ${matching(queryDialect(dialectName), plan.noun, where)} group by ${value}`;
  return sql`select value, count from (${counts}) as counts where value is not null`;
}

function pageOf<N extends Noun>(dialect: QueryDialect, plan: ListPlan<N>): SqlFragment {
  const { where, limit, offset } = plan.query;
  const selection = sql`${matching(dialect, plan.noun, where)} ${orderOf(plan)}`;
  if (limit === undefined && offset === undefined) return selection;
  return sql`${selection} limit ${limit ?? NO_LIMIT} offset ${offset ?? 0}`;
}

/** Rows without the sorted value come last in either direction; equal ones are ordered by id in that of the first. */
function orderOf<N extends Noun>({ noun, query: { orderBy = [] } }: ListPlan<N>): SqlFragment {
  const scope = scopeOf(noun);
  const orders = orderBy.map(({ member, direction }) => {
    // Where nothing can be missing, these words would only keep PostgreSQL from using an index.
    const missing = typeof member === "string" && isRequired(member) ? "" : " nulls last";
    return sql`${firstOf(scope, member)} ${rawSql(`${direction}${missing}`)}`;
  });
  const id = rawSql(`${noun}.id ${orderBy[0]?.direction ?? "asc"}`);
  const isById = orderBy[0]?.member === "id";
  return sql`order by ${joinSql(isById ? [id] : [...orders, id], ", ")}`;
}

/** `from` the table with the condition. */
export function matching<N extends Noun>(
  dialect: QueryDialect,
  noun: N,
  where: Condition<StoredNouns[N]> | undefined,
): SqlFragment {
  const from = rawSql(`from ${noun}`);
  return where === undefined
    ? from
    : sql`${from} where ${compileCondition(dialect, where as AnyCondition, scopeOf(noun))}`;
}

function scopeOf(noun: Noun): Scope {
  return { noun, alias: noun, depth: 0 };
}
