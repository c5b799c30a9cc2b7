/** Writes what engines report: the hot path of the whole system. */
import type { TaskRunRecord } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase, SqlValue } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { encodeTaskRunRecord, newestRow, RECORD_TASK_RUNS } from "../tables/task-run-record-row.ts";
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
        await session.runMany(RECORD_TASK_RUNS, runs);
        await session.runMany(TASK_RUN_STATES.insertMany, states);
      }),
  );
}

/** One row for each run, however many records are about it, in order of id, so that writers of the same runs do not block each other. */
function encodeRecords(records: readonly TaskRunRecord[], now: string): Rows {
  const runs = new Map<string, SqlValue[]>();
  const states: SqlValue[][] = [];
  for (const record of records) {
    runs.set(record.id, newestRow(runs.get(record.id), encodeTaskRunRecord(record, now)));
    for (const state of record.states) states.push(TASK_RUN_STATES.encode(record.id, state));
  }
  return { runs: [...runs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row), states };
}
