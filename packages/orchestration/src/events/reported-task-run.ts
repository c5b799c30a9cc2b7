/** Task runs that engines tell of by events (Prefect 3's client-side orchestration): what such an event says of one. */
import {
  type Event,
  isUuid,
  STATE_TYPES,
  type StateType,
  type TaskRunRecord,
  type WireState,
} from "@sluice/protocol";
import { compareStates } from "../task-run-record.ts";
import { canonicalTimestamp } from "../timestamp.ts";
import { objectIdOf, relatedInRole } from "./stored-event.ts";

/** A record as far as an event tells it. */
export interface ReportedTaskRun {
  readonly record: TaskRunRecord;
  /** Members that it does not tell, and for which the record has defaults. */
  readonly missing: readonly (keyof TaskRunRecord)[];
}

type Members = Readonly<Record<string, unknown>>;

const NAME_PREFIX = "prefect.task-run.";
const STATE_TYPE_NAMES: ReadonlySet<unknown> = new Set(STATE_TYPES);
const NO_RETRIES: TaskRunRecord["empirical_policy"] = {
  max_retries: 0,
  retry_delay_seconds: 0,
  pause_keys: [],
};
/** What every engine tells with each event. */
const EXPECTED = [
  "name",
  "empirical_policy",
  "tags",
  "task_inputs",
  "run_count",
  "flow_run_run_count",
  "total_run_time",
] as const satisfies readonly (keyof TaskRunRecord)[];

/** Whether an event tells a state of a task run that its engine decided on. */
export function tellsTaskRun(event: Event): boolean {
  return event.event.startsWith(NAME_PREFIX) && event.resource["prefect.orchestration"] === "client";
}

/** What the event reports; undefined when it names no run or no state, so that it is an event and nothing more. */
export function reportedTaskRun(event: Event): ReportedTaskRun | undefined {
  const id = objectIdOf(event.resource, "task-run");
  const { validated_state: state, task_run: facts } = event.payload;
  if (!isUuid(id) || !isMembers(state) || !isMembers(facts)) return undefined;
  const { task_key: taskKey, dynamic_key: dynamicKey } = facts;
  if (!STATE_TYPE_NAMES.has(state["type"])) return undefined;
  if (typeof taskKey !== "string" || typeof dynamicKey !== "string") return undefined;
  const flowRunId = objectIdOf(relatedInRole(event, "flow-run"), "flow-run");
  const ids = { task_run_id: id, flow_run_id: isUuid(flowRunId) ? flowRunId : null };
  return {
    record: {
      id,
      flow_run_id: ids.flow_run_id,
      name: text(facts["name"]) ?? taskKey,
      task_key: taskKey,
      dynamic_key: dynamicKey,
      task_version: text(facts["task_version"]),
      cache_key: text(facts["cache_key"]),
      cache_expiration: instant(facts["cache_expiration"]),
      empirical_policy: isMembers(facts["empirical_policy"])
        ? { ...NO_RETRIES, ...facts["empirical_policy"] }
        : NO_RETRIES,
      tags: texts(facts["tags"]),
      labels: isMembers(facts["labels"]) ? (facts["labels"] as TaskRunRecord["labels"]) : {},
      task_inputs: isMembers(facts["task_inputs"])
        ? (facts["task_inputs"] as TaskRunRecord["task_inputs"])
        : {},
      run_count: wholeNumber(facts["run_count"]),
      flow_run_run_count: wholeNumber(facts["flow_run_run_count"]),
      expected_start_time: instant(facts["expected_start_time"]),
      start_time: instant(facts["start_time"]),
      end_time: instant(facts["end_time"]),
      total_run_time: number(facts["total_run_time"]),
      states: [stateOf(event, state, ids)],
    },
    missing: EXPECTED.filter((member) => facts[member] === undefined),
  };
}

/** One record of each run, with all of its states; facts are those told with the newest. */
export function mergeReports(reports: readonly ReportedTaskRun[]): ReportedTaskRun[] {
  const merged = new Map<string, ReportedTaskRun>();
  for (const report of reports) {
    const other = merged.get(report.record.id);
    merged.set(report.record.id, other === undefined ? report : mergeTwo(other, report));
  }
  return [...merged.values()];
}

function mergeTwo(a: ReportedTaskRun, b: ReportedTaskRun): ReportedTaskRun {
  const [older, newer] = isOlder(a, b) ? [a, b] : [b, a];
  const known = newer.missing.filter((member) => !older.missing.includes(member));
  const filled = Object.fromEntries(known.map((member) => [member, older.record[member]]));
  return {
    record: {
      ...keepKnown(newer.record, older.record),
      ...filled,
      states: [...older.record.states, ...newer.record.states].sort(compareStates),
    },
    missing: newer.missing.filter((member) => older.missing.includes(member)),
  };
}

function isOlder(a: ReportedTaskRun, b: ReportedTaskRun): boolean {
  const [x, y] = [a.record.states.at(-1), b.record.states.at(-1)];
  return x === undefined || (y !== undefined && compareStates(x, y) <= 0);
}

/** What the newer record does not know, it does not take back. */
function keepKnown(newer: TaskRunRecord, older: TaskRunRecord): TaskRunRecord {
  return {
    ...newer,
    task_version: newer.task_version ?? older.task_version,
    cache_key: newer.cache_key ?? older.cache_key,
    cache_expiration: newer.cache_expiration ?? older.cache_expiration,
    expected_start_time: newer.expected_start_time ?? older.expected_start_time,
    start_time: newer.start_time ?? older.start_time,
  };
}

function stateOf(
  event: Event,
  state: Members,
  ids: { readonly task_run_id: string; readonly flow_run_id: string | null },
): WireState {
  const type = state["type"] as StateType;
  return {
    id: event.id,
    type,
    name: text(state["name"]) ?? type.charAt(0) + type.slice(1).toLowerCase(),
    timestamp: event.occurred,
    message: text(state["message"]),
    data: state["data"] ?? null,
    state_details: { ...stateDetails(state["state_details"]), ...ids },
  };
}

/** Databases look for runs by when they are due, so that must be an instant. */
function stateDetails(value: unknown): WireState["state_details"] {
  if (!isMembers(value)) return {};
  const { scheduled_time: scheduled } = value;
  return scheduled === undefined ? value : { ...value, scheduled_time: instant(scheduled) };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === "string") : [];
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Within what databases keep as integers. */
function wholeNumber(value: unknown): number {
  return Math.min(Math.max(Math.trunc(number(value)), 0), 0x7f_ff_ff_ff);
}

function instant(value: unknown): string | null {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return null;
  return canonicalTimestamp(value);
}
