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

/** A record with the instant at which it came. */
export interface TimedRecord {
  readonly record: TaskRunRecord;
  readonly now: string;
}

/** As `TaskRunStore.record`. */
export function recordTaskRuns(database: SqlDatabase, records: readonly TimedRecord[]): Promise<void> {
  return inBatches(records, encodeRecords, ({ runs, states }) =>
    database.write(async (session) => {
      await session.runMany(RECORD_TASK_RUNS, runs);
      await session.runMany(TASK_RUN_STATES.insertMany, states);
    }),
  );
}

/** One row for each run, however many records are about it, in order of id, so that writers of the same runs do not block each other. */
function encodeRecords(records: readonly TimedRecord[]): Rows {
  const runs = new Map<string, SqlValue[]>();
  const states: SqlValue[][] = [];
  for (const { record, now } of records) {
    const row = encodeTaskRunRecord(record, storedTimestamp(now));
    runs.set(record.id, newestRow(runs.get(record.id), row));
    for (const state of record.states) states.push(TASK_RUN_STATES.encode(record.id, state));
  }
  return { runs: [...runs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row), states };
}
