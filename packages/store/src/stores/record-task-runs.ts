/** Writes what engines report: the hot path of the whole system. */
import type { TaskRunRecord } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase, SqlValue } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { encodeTaskRunRecord, RECORD_TASK_RUN_SQL } from "../tables/task-run-record-row.ts";
import { TASK_RUN_STATES } from "../tables/task-run-table.ts";

interface Rows {
  readonly runs: SqlValue[][];
  readonly states: SqlValue[][];
}

/** As `TaskRunStore.record`. */
export function recordTaskRuns(
  database: SqlDatabase,
  records: readonly TaskRunRecord[],
  now: string,
): Promise<void> {
  return inBatches(
    records,
    (batch) => encodeRecords(batch, storedTimestamp(now)),
    ({ runs, states }) =>
      database.write(async (session) => {
        await session.runMany(RECORD_TASK_RUN_SQL, runs);
        await session.runMany(TASK_RUN_STATES.insertSql, states);
      }),
  );
}

function encodeRecords(records: readonly TaskRunRecord[], now: string): Rows {
  const rows: Rows = { runs: [], states: [] };
  for (const record of records) {
    rows.runs.push(encodeTaskRunRecord(record, now));
    for (const state of record.states) rows.states.push(TASK_RUN_STATES.encode(record.id, state));
  }
  return rows;
}
