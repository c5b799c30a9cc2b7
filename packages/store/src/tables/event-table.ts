/** Events, and beside them one row for each resource that takes part in one, by which they are found. */
import type { StoredEvent } from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";
import type { SqlRow, SqlValue } from "../sql-session.ts";
import { deleteRows, insertPairs, type ManyRows, type NamedColumns, type PairedRows } from "./many-rows.ts";
import { ObjectTable } from "./object-table.ts";

export const EVENT_TABLE: ObjectTable<Omit<StoredEvent, "resource_ids">> = new ObjectTable<
  Omit<StoredEvent, "resource_ids">
>("event", {
  id: "id",
  occurred: "timestamp",
  received: "timestamp",
  event: "text",
  resource_id: "text",
  resource: "json",
  related: "json",
  payload: "json",
  follows: "id",
});

/** Where each of the `resource_ids` of an event lies. */
const RESOURCE_COLUMNS: NamedColumns = [
  ["resource_id", "text"],
  ["occurred", "timestamp"],
  ["event_id", "id"],
];

/** Inserts events unless they are there, with their resources; gives the ids of those that were not. */
export const INSERT_EVENTS: PairedRows = insertPairs(
  { table: EVENT_TABLE.name, columns: EVENT_TABLE.columns },
  { table: "event_resource", columns: RESOURCE_COLUMNS },
);
export const DELETE_EVENTS: ManyRows = deleteRows(EVENT_TABLE.name, [["id", "id"]]);
export const DELETE_EVENT_RESOURCES: ManyRows = deleteRows("event_resource", RESOURCE_COLUMNS);

/** Rows of the resources of an event. */
export function eventResourceRows({ id, occurred, resource_ids: ids }: StoredEvent): SqlValue[][] {
  return ids.map((resourceId) => [resourceId, occurred, id]);
}

export function decodeEvent(row: SqlRow): Event {
  const { resource_id: _, ...event } = EVENT_TABLE.decode(row);
  return event;
}
