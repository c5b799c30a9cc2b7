/** Indexes in the orders that dashboards ask for, and of runs that were cancelled lately, which a service looks for. Task runs pay for one, without which a day of them is looked for among all. */
import type { Migration } from "../schema/migration.ts";

export const DASHBOARD_INDEXES: Migration = {
  name: "runs of a flow in either order of start, cancelled runs by end, task runs by start",
  up: `
CREATE INDEX flow_run_flow_expected ON flow_run (flow_id, expected_start_time, id);
CREATE INDEX flow_run_cancelled ON flow_run (state_type, end_time, id) WHERE state_type = 'CANCELLED';
CREATE INDEX task_run_start ON task_run (start_time, state_type) WHERE start_time IS NOT NULL;
`,
  down: `
DROP INDEX task_run_start;
DROP INDEX flow_run_cancelled;
DROP INDEX flow_run_flow_expected;
`,
};
