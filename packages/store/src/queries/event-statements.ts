/** The statements of lists and counts of events. */
import type { Condition, EventBuckets, EventListQuery, EventStore, StoredEvent } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { compileCondition, type Scope } from "./compile-condition.ts";
import { queryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

type Where = Condition<StoredEvent> | undefined;

const EVENTS: Scope = { noun: "event", alias: "event", depth: 0 };

/** The rows of `event_resource` of one resource, in order of time, lead to its events. */
const EVENTS_OF_RESOURCE: Scope = {
  ...EVENTS,
  columns: new Map([
    ["id", "event_resource.event_id"],
    ["occurred", "event_resource.occurred"],
  ]),
};

interface Source {
  /** `from` with its conditions. */
  readonly from: SqlFragment;
  /** Time and id as the source has them in order. */
  readonly position: readonly [occurred: string, id: string];
}

/** By time, then id. */
export function listEventsStatement(dialectName: SqlDialectName, query: EventListQuery): SqlStatement {
  const { after, direction, isDistinct, limit, where } = query;
  if (isDistinct === true) return listDistinctStatement(dialectName, query);
  const { from, position } = sourceOf(dialectName, where, after && { after, direction });
  const order = position.map((column) => `${column} ${direction}`).join(", ");
  return sql`select event.* ${from} order by ${rawSql(order)} limit ${limit}`;
}

/** The newest event of each resource is chosen first; the page is cut from those. */
function listDistinctStatement(dialectName: SqlDialectName, query: EventListQuery): SqlStatement {
  const { after, direction, limit, where } = query;
  const { from } = sourceOf(dialectName, where, undefined);
  const ranked = sql`select event.*, row_number() over (partition by event.resource_id order by event.occurred desc, event.id desc) as newness ${from}`;
  const page = after === undefined ? sql`` : sql` and ${isAfter(["occurred", "id"], { after, direction })}`;
  const order = rawSql(`occurred ${direction}, id ${direction}`);
  return sql`select * from (${ranked}) as ranked where newness = 1${page} order by ${order} limit ${limit}`;
}

/** Counts no further than `limit`. */
export function countEventsStatement(dialectName: SqlDialectName, where: Where, limit: number): SqlStatement {
  const { from } = sourceOf(dialectName, where, undefined);
  return sql`select count(*) as count from (select 1 ${from} limit ${limit}) as matching`;
}

export function tallyStatement(
  dialectName: SqlDialectName,
  { where, by, limit }: Parameters<EventStore["tally"]>[0],
): SqlStatement {
  const value = rawSql(`event.${by}`);
  const { from } = sourceOf(dialectName, where, undefined);
  return sql`select ${value} as value, count(*) as count, min(event.occurred) as first, max(event.occurred) as last ${from} group by ${value} order by count(*) desc, ${value} limit ${limit}`;
}

export function bucketsStatement(
  dialectName: SqlDialectName,
  { where, origin, seconds }: EventBuckets,
): SqlStatement {
  const { from, position } = sourceOf(dialectName, where, undefined);
  const bucket = queryDialect(dialectName).bucketOf(rawSql(position[0]), storedTimestamp(origin), seconds);
  return sql`select bucket, count(*) as count from (select ${bucket} as bucket ${from}) as instants group by bucket`;
}

function sourceOf(
  dialectName: SqlDialectName,
  where: Where,
  page: { readonly after: EventListQuery["after"]; readonly direction: "asc" | "desc" } | undefined,
): Source {
  const resourceId = onlyResource(where);
  const scope = resourceId === undefined ? EVENTS : EVENTS_OF_RESOURCE;
  const position =
    resourceId === undefined
      ? (["event.occurred", "event.id"] as const)
      : (["event_resource.occurred", "event_resource.event_id"] as const);
  const tables =
    resourceId === undefined
      ? sql`from event where true`
      : sql`from event_resource ${rawSql(queryDialect(dialectName).leadsTo)} event on event.id = event_resource.event_id where event_resource.resource_id = ${resourceId}`;
  const rest = resourceId === undefined ? where : without(where, resourceId);
  const condition =
    rest === undefined ? sql`` : sql` and ${compileCondition(queryDialect(dialectName), rest, scope)}`;
  const start =
    page?.after === undefined ? sql`` : sql` and ${isAfter(position, { ...page, after: page.after })}`;
  return { from: sql`${tables}${condition}${start}`, position };
}

/** The conditions but for that on a resource, which the source itself fulfils. */
function without(where: Where, resourceId: string): Where {
  if (where === undefined || resourceOf(where) === resourceId) return undefined;
  if (where.type !== "all") return where;
  const rest = where.conditions.map((inner) => without(inner, resourceId));
  return { type: "all", conditions: rest.filter((inner) => inner !== undefined) };
}

/** The resource that all events asked for have in common, which is what feeds of one object ask. */
function onlyResource(where: Where): string | undefined {
  if (where?.type === "all") {
    for (const inner of where.conditions) {
      const found = onlyResource(inner);
      if (found !== undefined) return found;
    }
  }
  return where && resourceOf(where);
}

/** The resource of a condition on one. */
function resourceOf(where: Condition<StoredEvent>): string | undefined {
  const isOnResource = where.type === "contains-any" && where.member === "resource_ids";
  return isOnResource && where.values.length === 1 ? where.values[0] : undefined;
}

function isAfter(
  position: readonly [string, string],
  {
    after,
    direction,
  }: { readonly after: NonNullable<EventListQuery["after"]>; readonly direction: "asc" | "desc" },
): SqlFragment {
  const operator = rawSql(direction === "asc" ? ">" : "<");
  return sql`(${rawSql(position.join(", "))}) ${operator} (${storedTimestamp(after.occurred)}, ${after.id})`;
}
