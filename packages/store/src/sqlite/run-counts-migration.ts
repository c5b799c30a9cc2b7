/** Counts of flow runs that have ended, kept by triggers so that they are right whatever changes a run. */
import type { Migration } from "../schema/migration.ts";

const COLUMNS = "span, start, state_type, state_name, count, run_time, lateness";
const IS_SPAN =
  "state_type = OLD.state_type AND state_name = coalesce(OLD.state_name, '') AND (span, start) IN";

function hasEnded(row: string): string {
  return `${row}.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')`;
}

/** The spans of `queries/counted-range.ts`, and 0 for runs without an expected start. */
function spansOf(row: string): string {
  const seconds = `unixepoch(substr(${row}.expected_start_time, 1, 19))`;
  const startOf = (span: number): string => `${seconds} - ((${seconds} % ${span}) + ${span}) % ${span}`;
  return [
    `SELECT 3600 AS span, ${startOf(3600)} AS start WHERE ${row}.expected_start_time IS NOT NULL`,
    `SELECT 60, ${startOf(60)} WHERE ${row}.expected_start_time IS NOT NULL`,
    `SELECT 0, 0 WHERE ${row}.expected_start_time IS NULL`,
  ].join(" UNION ALL ");
}

/** Seconds from the expected to the real start. */
function latenessOf(row: string): string {
  const microseconds = (column: string): string =>
    `(unixepoch(substr(${row}.${column}, 1, 19)) * 1000000 + cast(substr(${row}.${column}, 21, 6) AS INTEGER))`;
  const seconds = `(${microseconds("start_time")} - ${microseconds("expected_start_time")}) / 1000000.0`;
  return `CASE WHEN ${row}.start_time > ${row}.expected_start_time THEN ${seconds} ELSE 0 END`;
}

const COUNT = `
  INSERT INTO flow_run_count (${COLUMNS})
    SELECT span, start, NEW.state_type, coalesce(NEW.state_name, ''), 1, NEW.total_run_time, ${latenessOf("NEW")}
    FROM (${spansOf("NEW")}) WHERE true
    ON CONFLICT (span, start, state_type, state_name) DO UPDATE SET count = count + 1,
      run_time = run_time + excluded.run_time, lateness = lateness + excluded.lateness;`;

const DISCOUNT = `
  UPDATE flow_run_count SET count = count - 1, run_time = run_time - OLD.total_run_time,
    lateness = lateness - (${latenessOf("OLD")}) WHERE ${IS_SPAN} (${spansOf("OLD")});
  DELETE FROM flow_run_count WHERE ${IS_SPAN} (${spansOf("OLD")}) AND count = 0;`;

const IS_CHANGED = ["state_type", "state_name", "expected_start_time", "start_time", "total_run_time"]
  .map((column) => `OLD.${column} IS NOT NEW.${column}`)
  .join(" OR ");

export const RUN_COUNTS: Migration = {
  name: "counts of flow runs that have ended",
  up: `
CREATE TABLE flow_run_count (
  span INTEGER NOT NULL,
  start INTEGER NOT NULL,
  state_type TEXT NOT NULL,
  state_name TEXT NOT NULL,
  count INTEGER NOT NULL,
  run_time REAL NOT NULL,
  lateness REAL NOT NULL,
  PRIMARY KEY (span, start, state_type, state_name)
) WITHOUT ROWID;
CREATE TRIGGER flow_run_counted AFTER INSERT ON flow_run WHEN ${hasEnded("NEW")} BEGIN${COUNT}
END;
CREATE TRIGGER flow_run_recounted AFTER UPDATE ON flow_run WHEN ${hasEnded("NEW")} AND (${IS_CHANGED}) BEGIN${COUNT}
END;
CREATE TRIGGER flow_run_uncounted AFTER UPDATE ON flow_run WHEN ${hasEnded("OLD")} AND (${IS_CHANGED}) BEGIN${DISCOUNT}
END;
CREATE TRIGGER flow_run_discounted AFTER DELETE ON flow_run WHEN ${hasEnded("OLD")} BEGIN${DISCOUNT}
END;
INSERT INTO flow_run_count (${COLUMNS})
  SELECT 60, minute, state_type, state_name, count(*), sum(total_run_time), sum(lateness) FROM (
    SELECT ${"unixepoch(substr(expected_start_time, 1, 16) || ':00')"} AS minute, state_type,
      coalesce(state_name, '') AS state_name, total_run_time, ${latenessOf("flow_run")} AS lateness
    FROM flow_run WHERE ${hasEnded("flow_run")} AND expected_start_time IS NOT NULL
  ) GROUP BY minute, state_type, state_name;
INSERT INTO flow_run_count (${COLUMNS})
  SELECT 3600, start - ((start % 3600) + 3600) % 3600 AS hour, state_type, state_name, sum(count), sum(run_time), sum(lateness)
  FROM flow_run_count WHERE span = 60 GROUP BY hour, state_type, state_name;
INSERT INTO flow_run_count (${COLUMNS})
  SELECT 0, 0, state_type, coalesce(state_name, ''), count(*), sum(total_run_time), 0
  FROM flow_run WHERE ${hasEnded("flow_run")} AND expected_start_time IS NULL GROUP BY 3, 4;
`,
  down: `
DROP TRIGGER flow_run_discounted;
DROP TRIGGER flow_run_uncounted;
DROP TRIGGER flow_run_recounted;
DROP TRIGGER flow_run_counted;
DROP TABLE flow_run_count;
`,
};
