/** Indexes in the orders that dashboards ask for. Task runs pay for one, without which a day of them is looked for among all. */
import type { Migration } from "../schema/migration.ts";

export const DASHBOARD_INDEXES: Migration = {
  name: "runs of a flow in either order of start, task runs by start",
  up: `
CREATE INDEX flow_run_flow_expected ON flow_run (flow_id, expected_start_time, id);
CREATE INDEX task_run_start ON task_run (start_time, state_type) WHERE start_time IS NOT NULL;
`,
  down: `
DROP INDEX task_run_start;
DROP INDEX flow_run_flow_expected;
`,
};
