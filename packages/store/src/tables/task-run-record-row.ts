/** What a record makes of a task run's row. Written out by hand, because going through the table's columns showed in profiles. */
import type { TaskRunRecord, WireState } from "@sluice/protocol";
import type { SqlValue } from "../sql-session.ts";
import { jsonText } from "./column.ts";
import { insertRows, type ManyRows } from "./many-rows.ts";
import { storedTimestamp } from "./stored-timestamp.ts";
import { TASK_RUN_TABLE } from "./task-run-table.ts";

const COLUMNS = [
  "id",
  "created",
  "updated",
  "name",
  "flow_run_id",
  "task_key",
  "dynamic_key",
  "cache_key",
  "cache_expiration",
  "task_version",
  "empirical_policy",
  "tags",
  "labels",
  "task_inputs",
  "run_count",
  "flow_run_run_count",
  "expected_start_time",
  "start_time",
  "end_time",
  "total_run_time",
  "state_id",
  "state_type",
  "state_name",
  "state_timestamp",
  "next_scheduled_start_time",
] as const;

const CREATED = COLUMNS.indexOf("created");
const STATE_ID = COLUMNS.indexOf("state_id");
const STATE_TIMESTAMP = COLUMNS.indexOf("state_timestamp");

/** Set once. */
const KEPT: ReadonlySet<string> = new Set(["id", "created", "labels"]);
/** What a record does not know of these stays as it was. */
const LEARNED: ReadonlySet<string> = new Set([
  "cache_key",
  "cache_expiration",
  "task_version",
  "expected_start_time",
  "start_time",
]);

const ASSIGNMENTS = COLUMNS.filter((column) => !KEPT.has(column)).map((column) =>
  LEARNED.has(column)
    ? `${column} = coalesce(excluded.${column}, task_run.${column})`
    : `${column} = excluded.${column}`,
);

/** Inserts the run of a record, or merges it (`mergeTaskRunRecord`): only a newer state touches a run that exists. */
export const RECORD_TASK_RUNS: ManyRows = insertRows(
  TASK_RUN_TABLE.name,
  COLUMNS.map((column) => [column, TASK_RUN_TABLE.kinds.get(column) ?? "text"]),
  `ON CONFLICT (id) DO UPDATE SET ${ASSIGNMENTS.join(", ")} ` +
    "WHERE excluded.state_id IS NOT NULL AND (task_run.state_id IS NULL " +
    "OR (excluded.state_timestamp, excluded.state_id) > (task_run.state_timestamp, task_run.state_id))",
);

/** A row of `RECORD_TASK_RUNS`; `now` is a stored timestamp. */
export function encodeTaskRunRecord(record: TaskRunRecord, now: string): SqlValue[] {
  return [
    record.id,
    now,
    now,
    record.name,
    record.flow_run_id,
    record.task_key,
    record.dynamic_key,
    record.cache_key,
    optionalTimestamp(record.cache_expiration),
    record.task_version,
    jsonText(record.empirical_policy),
    record.tags.length === 0 ? "[]" : jsonText(record.tags),
    record.labels === undefined ? "{}" : jsonText(record.labels),
    jsonText(record.task_inputs),
    record.run_count,
    record.flow_run_run_count,
    optionalTimestamp(record.expected_start_time),
    optionalTimestamp(record.start_time),
    optionalTimestamp(record.end_time),
    record.total_run_time,
    ...encodeNewest(record.states),
  ];
}

/** Of two rows of one run, the earlier first, the one that `RECORD_TASK_RUNS` would leave. */
export function newestRow(earlier: SqlValue[] | undefined, later: SqlValue[]): SqlValue[] {
  if (earlier === undefined) return later;
  return stateOf(later) > stateOf(earlier) ? later.with(CREATED, earlier[CREATED] ?? null) : earlier;
}

/** Texts in the order of the states that rows are in; a row without one comes first. */
function stateOf(row: readonly SqlValue[]): string {
  return `${row[STATE_TIMESTAMP] ?? ""}${row[STATE_ID] ?? ""}`;
}

/** The last five columns. */
function encodeNewest(states: readonly WireState[]): SqlValue[] {
  let newest: WireState | undefined;
  let newestAt = "";
  for (const state of states) {
    const at = storedTimestamp(state.timestamp);
    if (newest !== undefined && (at < newestAt || (at === newestAt && state.id < newest.id))) continue;
    newest = state;
    newestAt = at;
  }
  if (newest === undefined) return [null, null, null, null, null];
  const scheduled = newest.type === "SCHEDULED" ? newest.state_details.scheduled_time : null;
  return [newest.id, newest.type, newest.name, newestAt, optionalTimestamp(scheduled)];
}

function optionalTimestamp(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storedTimestamp(text);
}
