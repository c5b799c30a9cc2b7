/** The names that events have had, which are few: with them an index that begins with the name serves every question. */
import type { SqlDialectName } from "../sql-session.ts";
import { compileCondition, type Scope } from "./compile-condition.ts";
import type { EventWhere } from "./event-source.ts";
import { queryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

const KNOWN: Scope = { noun: "event", alias: "known", depth: 0 };

/** Begins a statement; `known` then has every name in its column `event`. Goes from name to name, not through the counts. */
export const KNOWN_NAMES: SqlFragment = rawSql(
  "with recursive known (event) as (select min(event) from event_count union all " +
    "select (select min(event) from event_count where event > known.event) from known where known.event is not null)",
);

/** `from` with the rows of a table that have a name of `known`, such as is asked for; more conditions may follow. */
export function ofKnownNames(
  dialectName: SqlDialectName,
  table: "event" | "event_count",
  named: EventWhere,
): SqlFragment {
  const dialect = queryDialect(dialectName);
  const condition = named === undefined ? sql`` : sql` and ${compileCondition(dialect, named, KNOWN)}`;
  return sql`from known ${rawSql(`${dialect.leadsTo} ${table} on ${table}.event = known.event`)} where known.event is not null${condition}`;
}
