/** Flow runs; their current state lies in the state history. */
import type { StoredFlowRun } from "@sluice/orchestration";
import { type Columns, ObjectTable } from "./object-table.ts";
import { READ_MEMBERS, StateTable } from "./state-table.ts";

export const FLOW_RUN_STATES: StateTable = new StateTable("flow_run");

const COLUMNS: Columns<Omit<StoredFlowRun, "state">> = {
  id: "id",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  flow_id: "id",
  state_id: "id",
  deployment_id: "id",
  deployment_version: "text",
  work_queue_id: "id",
  work_queue_name: "text",
  flow_version: "text",
  parameters: "json",
  idempotency_key: "text",
  context: "json",
  empirical_policy: "json",
  tags: "tags",
  labels: "json",
  parent_task_run_id: "id",
  state_type: "text",
  state_name: "text",
  run_count: "number",
  expected_start_time: "timestamp",
  next_scheduled_start_time: "timestamp",
  start_time: "timestamp",
  end_time: "timestamp",
  total_run_time: "number",
  auto_scheduled: "boolean",
  infrastructure_document_id: "id",
  infrastructure_pid: "text",
  created_by: "json",
  work_pool_id: "id",
  work_pool_name: "text",
  job_variables: "json",
};

export const FLOW_RUN_TABLE: ObjectTable<Omit<StoredFlowRun, "state">> = new ObjectTable(
  "flow_run",
  COLUMNS,
  READ_MEMBERS,
);
