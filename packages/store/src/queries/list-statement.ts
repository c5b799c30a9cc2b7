/** The statements of list and count calls. */
import type { Condition as ObjectCondition, ObjectQuery, StoredNouns } from "@sluice/orchestration";
import { type RawBuilder, sql } from "kysely";
import type { SqlDialectName, SqlStatement, SqlValue } from "../sql-session.ts";
import { compileCondition, firstOf, type Scope } from "./compile-condition.ts";
import { type QueryDialect, queryDialect } from "./query-dialect.ts";

type Noun = keyof StoredNouns;
type QueryOf<N extends Noun> = ObjectQuery<StoredNouns[N]>;
/** Members of any noun: which they are does not matter from here on. */
type AnyQuery = ObjectQuery<StoredNouns["flow"]>;
type AnyCondition = ObjectCondition<StoredNouns["flow"]>;

/** SQLite has no offset without a limit. */
const NO_LIMIT = 9_007_199_254_740_991;

/** Whole rows of one table. */
export function listRowsStatement<N extends Noun>(
  dialectName: SqlDialectName,
  noun: N,
  query: QueryOf<N>,
): SqlStatement {
  const dialect = queryDialect(dialectName);
  const scope = scopeOf(noun);
  // Names of members are all that is used of the type from here on.
  const page = pageOf(dialect, query as unknown as AnyQuery, scope);
  return compile(dialect, sql`select ${sql.ref(noun)}.* ${page}`);
}

/**
 * Runs with their states. The page is cut out first, by id alone: rows are wide, and only those of the page are read.
 * `selectRunsSql` selects them.
 */
export function listRunsStatement<N extends "flow_run" | "task_run">(
  dialectName: SqlDialectName,
  { noun, selectRunsSql }: { readonly noun: N; readonly selectRunsSql: string },
  query: QueryOf<N>,
): SqlStatement {
  const dialect = queryDialect(dialectName);
  const scope = scopeOf(noun);
  const plain = query as unknown as AnyQuery;
  const id = sql.ref(`${noun}.id`);
  return compile(
    dialect,
    sql`${sql.raw(selectRunsSql)} where ${id} in (select ${id} ${pageOf(dialect, plain, scope)}) ${orderOf(plain, scope)}`,
  );
}

/** A row with the `count` of all that match. */
export function countStatement<N extends Noun>(
  dialectName: SqlDialectName,
  noun: N,
  where: ObjectCondition<StoredNouns[N]> | undefined,
): SqlStatement {
  const dialect = queryDialect(dialectName);
  const condition = where as unknown as AnyCondition | undefined;
  return compile(dialect, sql`select count(*) as count ${matching(dialect, condition, scopeOf(noun))}`);
}

function scopeOf(noun: Noun): Scope {
  return { noun, alias: noun, depth: 0 };
}

function pageOf(dialect: QueryDialect, query: AnyQuery, scope: Scope): RawBuilder<unknown> {
  const { where, limit, offset } = query;
  const selection = sql`${matching(dialect, where, scope)} ${orderOf(query, scope)}`;
  if (limit === undefined && offset === undefined) return selection;
  return sql`${selection} limit ${limit ?? NO_LIMIT} offset ${offset ?? 0}`;
}

/** Rows without the sorted value come last in either direction; equal ones are ordered by id in that of the first. */
function orderOf({ orderBy = [] }: AnyQuery, scope: Scope): RawBuilder<unknown> {
  const orders = orderBy.map(
    ({ member, direction }) => sql`${firstOf(scope, member)} ${sql.raw(direction)} nulls last`,
  );
  const id = sql`${sql.ref(`${scope.alias}.id`)} ${sql.raw(orderBy[0]?.direction ?? "asc")}`;
  return sql`order by ${sql.join([...orders, id])}`;
}

function matching(dialect: QueryDialect, where: AnyCondition | undefined, scope: Scope): RawBuilder<unknown> {
  const from = sql`from ${sql.table(scope.noun)}`;
  return where === undefined ? from : sql`${from} where ${compileCondition(dialect, where, scope)}`;
}

function compile(dialect: QueryDialect, query: RawBuilder<unknown>): SqlStatement {
  const compiled = query.compile(dialect.compiler);
  // Conditions are built from texts and numbers only; the session refuses anything else.
  return { sql: compiled.sql, parameters: compiled.parameters as readonly SqlValue[] };
}
