/** Where the events that match are looked for. */
import type { Condition, StoredEvent } from "@sluice/orchestration";
import type { SqlDialectName } from "../sql-session.ts";
import { compileCondition, type Scope } from "./compile-condition.ts";
import { queryDialect } from "./query-dialect.ts";
import { concernsOnly } from "./range-condition.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

export type EventWhere = Condition<StoredEvent> | undefined;

const EVENTS: Scope = { noun: "event", alias: "event", depth: 0 };

/** The rows of `event_resource` of one resource, in order of time, lead to its events. */
const EVENTS_OF_RESOURCE: Scope = {
  ...EVENTS,
  columns: new Map([
    ["id", "event_resource.event_id"],
    ["occurred", "event_resource.occurred"],
  ]),
};

export interface EventSource {
  /** `from` with its conditions; more may follow. */
  readonly from: SqlFragment;
  /** Time and id as the source has them in order. */
  readonly position: readonly [occurred: string, id: string];
}

/** `isRead` says that more of the events is read than their position. */
export function eventSource(
  dialectName: SqlDialectName,
  where: EventWhere,
  { isRead = false }: { readonly isRead?: boolean } = {},
): EventSource {
  const dialect = queryDialect(dialectName);
  const resourceId = onlyResource(where);
  if (resourceId === undefined) {
    const condition = where === undefined ? sql`true` : compileCondition(dialect, where, EVENTS);
    return { from: sql`from event where ${condition}`, position: ["event.occurred", "event.id"] };
  }
  const rest = without(where, resourceId);
  const isJoined = isRead || !concernsOnly(rest, ["id", "occurred"]);
  const event = rawSql(isJoined ? ` ${dialect.leadsTo} event on event.id = event_resource.event_id` : "");
  const condition =
    rest === undefined ? sql`` : sql` and ${compileCondition(dialect, rest, EVENTS_OF_RESOURCE)}`;
  return {
    from: sql`from event_resource${event} where event_resource.resource_id = ${resourceId}${condition}`,
    position: ["event_resource.occurred", "event_resource.event_id"],
  };
}

/** The conditions but for that on a resource, which the source itself fulfils. */
function without(where: EventWhere, resourceId: string): EventWhere {
  if (where === undefined || resourceOf(where) === resourceId) return undefined;
  if (where.type !== "all") return where;
  const rest = where.conditions.map((inner) => without(inner, resourceId));
  return { type: "all", conditions: rest.filter((inner) => inner !== undefined) };
}

/** The resource that all events asked for have in common, which is what feeds of one object ask. */
function onlyResource(where: EventWhere): string | undefined {
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
