/** Events, and beside them one row for each resource that takes part in one, by which they are found. */
import type { Event } from "@sluice/protocol";
import type { SqlRow, SqlValue } from "../sql-session.ts";
import { type ColumnKind, decodeColumn, encodeColumn } from "./column.ts";
import { ManyRows } from "./many-rows.ts";

const RESOURCE_ID = "prefect.resource.id";
const RESOURCE_ROLE = "prefect.resource.role";

const EVENT_COLUMNS = [
  ["id", "id"],
  ["occurred", "timestamp"],
  ["received", "timestamp"],
  ["event", "text"],
  ["resource", "json"],
  ["related", "json"],
  ["payload", "json"],
  ["follows", "id"],
] as const satisfies readonly (readonly [keyof Event, ColumnKind])[];

/** Inserts events unless they are there. */
export const INSERT_EVENTS: ManyRows = new ManyRows({
  table: "event",
  columns: [...EVENT_COLUMNS, ["resource_id", "text"]],
  onConflict: "ON CONFLICT DO NOTHING",
});

/** Inserts the resources of events unless they are there. */
export const INSERT_EVENT_RESOURCES: ManyRows = new ManyRows({
  table: "event_resource",
  columns: [
    ["resource_id", "text"],
    ["occurred", "timestamp"],
    ["event_id", "id"],
    ["role", "text"],
  ],
  onConflict: "ON CONFLICT DO NOTHING",
});

/** A row of `INSERT_EVENTS`. */
export function encodeEvent(event: Event): SqlValue[] {
  const values = EVENT_COLUMNS.map(([member, kind]) => encodeColumn(kind, event[member]));
  return [...values, event.resource[RESOURCE_ID] ?? ""];
}

/** Rows of `INSERT_EVENT_RESOURCES`; the resource that the event is about has the empty role. */
export function encodeEventResources(event: Event): SqlValue[][] {
  const occurred = encodeColumn("timestamp", event.occurred);
  const related = event.related.map((labels) => [labels[RESOURCE_ID] ?? "", labels[RESOURCE_ROLE] ?? ""]);
  return [[event.resource[RESOURCE_ID] ?? "", ""], ...related].map(([id = "", role = ""]) => [
    id,
    occurred,
    event.id,
    role,
  ]);
}

export function decodeEvent(row: SqlRow): Event {
  const event: Record<string, unknown> = {};
  for (const [member, kind] of EVENT_COLUMNS) event[member] = decodeColumn(kind, row[member] ?? null);
  // Each value was encoded from the member of its name.
  return event as Event;
}
