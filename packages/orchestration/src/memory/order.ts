/** Comparators for the sorts of the four nouns. */
import type { Flow, FlowQuery, FlowRunQuery, Log, LogQuery, TaskRunQuery } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "../store.ts";
import { compareTimestamps } from "../timestamp.ts";

/** Negative when `a` comes first. */
export type Comparator<T> = (a: T, b: T) => number;

type SortOf<Q extends { sort?: string | null | undefined }> = NonNullable<Q["sort"]>;
type Key<T> = (value: T) => string | null;

/** Sort → order of flows. */
export const FLOW_ORDERS: Readonly<Record<SortOf<FlowQuery>, Comparator<Flow>>> = {
  CREATED_DESC: descending((flow) => flow.created, compareTimestamps),
  UPDATED_DESC: descending((flow) => flow.updated, compareTimestamps),
  NAME_ASC: ascending((flow) => flow.name, compareText),
  NAME_DESC: descending((flow) => flow.name, compareText),
};

const RUN_ORDERS: Readonly<Record<SortOf<TaskRunQuery>, Comparator<StoredTaskRun | StoredFlowRun>>> = {
  ID_DESC: (a, b) => compareText(b.id, a.id),
  EXPECTED_START_TIME_ASC: ascending((run) => run.expected_start_time, compareTimestamps),
  EXPECTED_START_TIME_DESC: descending((run) => run.expected_start_time, compareTimestamps),
  NAME_ASC: ascending((run) => run.name, compareText),
  NAME_DESC: descending((run) => run.name, compareText),
  NEXT_SCHEDULED_START_TIME_ASC: ascending((run) => run.next_scheduled_start_time, compareTimestamps),
  END_TIME_DESC: descending((run) => run.end_time, compareTimestamps),
};

/** Sort → order of task runs. */
export const TASK_RUN_ORDERS: Readonly<Record<SortOf<TaskRunQuery>, Comparator<StoredTaskRun>>> = RUN_ORDERS;

/** Sort → order of flow runs. */
export const FLOW_RUN_ORDERS: Readonly<Record<SortOf<FlowRunQuery>, Comparator<StoredFlowRun>>> = {
  ...RUN_ORDERS,
  START_TIME_ASC: ascending((run) => run.start_time ?? run.expected_start_time, compareTimestamps),
  START_TIME_DESC: descending((run) => run.start_time ?? run.expected_start_time, compareTimestamps),
};

/** Sort → order of logs. */
export const LOG_ORDERS: Readonly<Record<SortOf<LogQuery>, Comparator<Log>>> = {
  TIMESTAMP_ASC: ascending((log) => log.timestamp, compareTimestamps),
  TIMESTAMP_DESC: descending((log) => log.timestamp, compareTimestamps),
};

function ascending<T extends { readonly id: string }>(
  key: Key<T>,
  compare: Comparator<string>,
): Comparator<T> {
  return (a, b) => byKey(key(a), key(b), compare) || compareText(a.id, b.id);
}

function descending<T extends { readonly id: string }>(
  key: Key<T>,
  compare: Comparator<string>,
): Comparator<T> {
  return (a, b) => byKey(key(a), key(b), (x, y) => compare(y, x)) || compareText(b.id, a.id);
}

/** A missing key comes last in either direction. */
function byKey(a: string | null, b: string | null, compare: Comparator<string>): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compare(a, b);
}

/** By code point, as SQL compares bytes of UTF-8; `<` goes by UTF-16 units, which puts astral characters too early. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Half of an astral character ranks above every unit that is a character by itself. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
