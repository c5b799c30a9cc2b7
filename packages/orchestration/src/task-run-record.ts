/** What a record of an engine makes of a task run; the same for every store. */
import type { TaskRunRecord, WireState } from "@sluice/protocol";
import type { StoredTaskRun } from "./stored-nouns.ts";
import { compareTimestamps } from "./timestamp.ts";

/** Orders states of one run: by timestamp, then id (ids made by one process sort in the order they were made). */
export function compareStates(a: WireState, b: WireState): number {
  const byTime = compareTimestamps(a.timestamp, b.timestamp);
  if (byTime !== 0) return byTime;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The state a run is in when it had these; `undefined` when there are none. */
export function newestState(states: readonly WireState[]): WireState | undefined {
  let newest: WireState | undefined;
  for (const state of states) if (newest === undefined || compareStates(state, newest) > 0) newest = state;
  return newest;
}

/**
 * The task run after a record: `existing` itself when the record brings nothing newer, otherwise the record's facts with
 * its newest state, keeping what it does not know.
 */
export function mergeTaskRunRecord(
  existing: StoredTaskRun | undefined,
  record: TaskRunRecord,
  now: string,
): StoredTaskRun {
  const state = newestState(record.states) ?? null;
  if (existing !== undefined && !isNews(existing, state)) return existing;
  return {
    id: record.id,
    flow_run_id: record.flow_run_id,
    name: record.name,
    task_key: record.task_key,
    dynamic_key: record.dynamic_key,
    task_version: record.task_version ?? existing?.task_version ?? null,
    cache_key: record.cache_key ?? existing?.cache_key ?? null,
    cache_expiration: record.cache_expiration ?? existing?.cache_expiration ?? null,
    empirical_policy: record.empirical_policy,
    tags: record.tags,
    task_inputs: record.task_inputs,
    run_count: record.run_count,
    flow_run_run_count: record.flow_run_run_count,
    expected_start_time: record.expected_start_time ?? existing?.expected_start_time ?? null,
    start_time: record.start_time ?? existing?.start_time ?? null,
    end_time: record.end_time,
    total_run_time: record.total_run_time,
    created: existing?.created ?? now,
    updated: now,
    labels: existing?.labels ?? record.labels ?? {},
    state_id: state?.id ?? null,
    state_type: state?.type ?? null,
    state_name: state?.name ?? null,
    next_scheduled_start_time:
      state?.type === "SCHEDULED" ? (state.state_details.scheduled_time ?? null) : null,
    state,
  };
}

function isNews(existing: StoredTaskRun, state: WireState | null): boolean {
  return state !== null && (existing.state === null || compareStates(state, existing.state) > 0);
}
