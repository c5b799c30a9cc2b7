/** The statements of lists of events. */
import type { EventListQuery } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { eventSource } from "./event-source.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

/** By time, then id. */
export function listEventsStatement(dialectName: SqlDialectName, query: EventListQuery): SqlStatement {
  const { direction, isDistinct, limit, where } = query;
  if (isDistinct === true) return listDistinctStatement(dialectName, query);
  const { from, position } = eventSource(dialectName, where, { isRead: true });
  const order = position.map((column) => `${column} ${direction}`).join(", ");
  return sql`select event.* ${from}${isAfter(position, query)} order by ${rawSql(order)} limit ${limit}`;
}

/** The newest event of each resource is chosen first; the page is cut from those. */
function listDistinctStatement(dialectName: SqlDialectName, query: EventListQuery): SqlStatement {
  const { direction, limit, where } = query;
  const { from } = eventSource(dialectName, where, { isRead: true });
  const ranked = sql`select event.*, row_number() over (partition by event.resource_id order by event.occurred desc, event.id desc) as newness ${from}`;
  const order = rawSql(`occurred ${direction}, id ${direction}`);
  return sql`select * from (${ranked}) as ranked where newness = 1${isAfter(["occurred", "id"], query)} order by ${order} limit ${limit}`;
}

function isAfter(
  position: readonly [string, string],
  { after, direction }: Pick<EventListQuery, "after" | "direction">,
): SqlFragment {
  if (after === undefined) return sql``;
  const operator = rawSql(direction === "asc" ? ">" : "<");
  return sql` and (${rawSql(position.join(", "))}) ${operator} (${storedTimestamp(after.occurred)}, ${after.id})`;
}
