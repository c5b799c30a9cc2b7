/**
 * Indexes in the orders that dashboards ask for, and of runs that were cancelled lately, which a service looks for. Task runs pay for one, without which a day of them is looked for among all.
 * Parts of names need the extension pg_trgm, which comes with PostgreSQL; where it may not be created they are looked for as before.
 */
import type { Migration } from "../schema/migration.ts";

export const DASHBOARD_INDEXES: Migration = {
  name: "runs of a flow in either order of start, cancelled runs by end, task runs by start, runs by part of their name",
  up: `
CREATE INDEX flow_run_flow_start ON flow_run (flow_id, coalesce(start_time, expected_start_time) DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_cancelled ON flow_run (state_type, end_time, id) WHERE state_type = 'CANCELLED';
CREATE INDEX task_run_start ON task_run (start_time, state_type) WHERE start_time IS NOT NULL;
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX flow_run_name_parts ON flow_run USING gin (name gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE NOTICE 'Runs are looked for by part of their name without an index: %', SQLERRM;
END $$;
`,
  down: `
DROP INDEX IF EXISTS flow_run_name_parts;
DROP INDEX task_run_start;
DROP INDEX flow_run_cancelled;
DROP INDEX flow_run_flow_start;
`,
};
