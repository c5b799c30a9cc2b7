/**
 * Task runs; their current state lies in the state history, but for its timestamp, which lies here too because `record`
 * compares it.
 */
import type { StoredTaskRun } from "@sluice/orchestration";
import { type Columns, ObjectTable } from "./object-table.ts";
import { READ_MEMBERS, StateTable } from "./state-table.ts";

export type TaskRunRow = Omit<StoredTaskRun, "state"> & { readonly state_timestamp: string | null };

export const TASK_RUN_STATES: StateTable = new StateTable("task_run");

const COLUMNS: Columns<TaskRunRow> = {
  id: "id",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  flow_run_id: "id",
  task_key: "text",
  dynamic_key: "text",
  cache_key: "text",
  cache_expiration: "timestamp",
  task_version: "text",
  empirical_policy: "json",
  tags: "tags",
  labels: "json",
  state_id: "id",
  task_inputs: "json",
  state_type: "text",
  state_name: "text",
  run_count: "number",
  flow_run_run_count: "number",
  expected_start_time: "timestamp",
  next_scheduled_start_time: "timestamp",
  start_time: "timestamp",
  end_time: "timestamp",
  total_run_time: "number",
  state_timestamp: "timestamp",
};

export const TASK_RUN_TABLE: ObjectTable<TaskRunRow> = new ObjectTable("task_run", COLUMNS, READ_MEMBERS);
