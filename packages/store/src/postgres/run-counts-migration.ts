/** Counts of flow runs that have ended, kept by triggers so that they are right whatever changes a run. */
import type { Migration } from "../schema/migration.ts";

const COLUMNS = "span, start, state_type, state_name, shard, count, run_time, lateness";

/** As those of events (`event-counts-migration.ts`). */
const SHARDS = 16;

function hasEnded(row: string): string {
  return `${row}.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')`;
}

/** The spans of `queries/counted-range.ts`, and 0 for runs without an expected start. */
const SPANS = "(VALUES (3600), (60), (0)) AS spans (span)";

function startOf(row: string): string {
  return `CASE span WHEN 0 THEN 0 ELSE (floor(date_part('epoch', ${row}.expected_start_time) / span) * span)::bigint END`;
}

/** A run is counted in the spans of its expected start, or in that of runs without one. */
function isSpanOf(row: string): string {
  return `(span = 0) = (${row}.expected_start_time IS NULL)`;
}

/** Seconds from the expected to the real start. */
function latenessOf(row: string): string {
  return `CASE WHEN ${row}.start_time > ${row}.expected_start_time THEN date_part('epoch', ${row}.start_time - ${row}.expected_start_time) ELSE 0 END`;
}

const ADD = `ON CONFLICT (span, start, state_type, state_name, shard) DO UPDATE SET count = flow_run_count.count + excluded.count,
      run_time = flow_run_count.run_time + excluded.run_time, lateness = flow_run_count.lateness + excluded.lateness`;

const IS_CHANGED = ["state_type", "state_name", "expected_start_time", "start_time", "total_run_time"]
  .map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`)
  .join(" OR ");

export const RUN_COUNTS: Migration = {
  name: "counts of flow runs that have ended",
  up: `
CREATE TABLE flow_run_count (
  span integer NOT NULL,
  start bigint NOT NULL,
  state_type text COLLATE "C" NOT NULL,
  state_name text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  count bigint NOT NULL,
  run_time float8 NOT NULL,
  lateness float8 NOT NULL,
  PRIMARY KEY (span, start, state_type, state_name, shard)
) WITH (fillfactor = 50);
INSERT INTO flow_run_count (${COLUMNS})
  SELECT span, ${startOf("run")} AS start, state_type, coalesce(state_name, ''), 0, count(*), sum(total_run_time), sum(${latenessOf("run")})
  FROM flow_run AS run, ${SPANS} WHERE ${hasEnded("run")} AND ${isSpanOf("run")}
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2;
CREATE FUNCTION count_ended_flow_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO flow_run_count (${COLUMNS})
    SELECT span, ${startOf("NEW")}, NEW.state_type, coalesce(NEW.state_name, ''), pg_backend_pid() % ${SHARDS}, 1,
      NEW.total_run_time, ${latenessOf("NEW")}
    FROM ${SPANS} WHERE ${isSpanOf("NEW")} ORDER BY span
    ${ADD};
  RETURN NULL;
END $$;
CREATE FUNCTION discount_ended_flow_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
BEGIN
  FOR gone IN SELECT span, ${startOf("OLD")} AS start FROM ${SPANS} WHERE ${isSpanOf("OLD")} ORDER BY span LOOP
    WITH taken AS (
      DELETE FROM flow_run_count WHERE span = gone.span AND start = gone.start AND state_type = OLD.state_type
        AND state_name = coalesce(OLD.state_name, '') RETURNING count, run_time, lateness
    ), rest AS (
      SELECT coalesce(sum(count), 0) - 1 AS count, coalesce(sum(run_time), 0) - OLD.total_run_time AS run_time,
        coalesce(sum(lateness), 0) - (${latenessOf("OLD")}) AS lateness FROM taken
    )
    INSERT INTO flow_run_count (${COLUMNS})
      SELECT gone.span, gone.start, OLD.state_type, coalesce(OLD.state_name, ''), pg_backend_pid() % ${SHARDS}, rest.*
      FROM rest WHERE count <> 0
      ${ADD};
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER flow_run_counted AFTER INSERT ON flow_run FOR EACH ROW WHEN (${hasEnded("NEW")})
  EXECUTE FUNCTION count_ended_flow_run();
CREATE TRIGGER flow_run_recounted AFTER UPDATE ON flow_run FOR EACH ROW WHEN (${hasEnded("NEW")} AND (${IS_CHANGED}))
  EXECUTE FUNCTION count_ended_flow_run();
CREATE TRIGGER flow_run_uncounted AFTER UPDATE ON flow_run FOR EACH ROW WHEN (${hasEnded("OLD")} AND (${IS_CHANGED}))
  EXECUTE FUNCTION discount_ended_flow_run();
CREATE TRIGGER flow_run_discounted AFTER DELETE ON flow_run FOR EACH ROW WHEN (${hasEnded("OLD")})
  EXECUTE FUNCTION discount_ended_flow_run();
`,
  down: `
DROP TRIGGER flow_run_discounted ON flow_run;
DROP TRIGGER flow_run_uncounted ON flow_run;
DROP TRIGGER flow_run_recounted ON flow_run;
DROP TRIGGER flow_run_counted ON flow_run;
DROP FUNCTION discount_ended_flow_run();
DROP FUNCTION count_ended_flow_run();
DROP TABLE flow_run_count;
`,
};
