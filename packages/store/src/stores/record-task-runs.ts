/** Writes what engines report: the hot path of the whole system. */
import { newestState } from "@sluice/orchestration";
import type { TaskRunRecord } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase, SqlValue } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { RECORD_TASK_RUN_SQL, TASK_RUN_STATES, TASK_RUN_TABLE } from "../tables/task-run-table.ts";

interface Rows {
  readonly runs: readonly SqlValue[][];
  readonly states: readonly SqlValue[][];
}

/** As `TaskRunStore.record`. */
export function recordTaskRuns(
  database: SqlDatabase,
  records: readonly TaskRunRecord[],
  now: string,
): Promise<void> {
  return inBatches(
    records,
    (batch) => encodeRecords(batch, now),
    ({ runs, states }) =>
      database.write(async (session) => {
        await session.runMany(RECORD_TASK_RUN_SQL, runs);
        await session.runMany(TASK_RUN_STATES.insertSql, states);
      }),
  );
}

function encodeRecords(records: readonly TaskRunRecord[], now: string): Rows {
  const created = storedTimestamp(now);
  return {
    runs: records.map((record) => encodeRecord(record, created)),
    states: records.flatMap((record) =>
      record.states.map((state) => TASK_RUN_STATES.encode(record.id, state)),
    ),
  };
}

function encodeRecord(record: TaskRunRecord, now: string): SqlValue[] {
  const state = newestState(record.states);
  return TASK_RUN_TABLE.encode({
    ...record,
    created: now,
    updated: now,
    labels: {},
    state_id: state?.id ?? null,
    state_type: state?.type ?? null,
    state_name: state?.name ?? null,
    state_timestamp: state?.timestamp ?? null,
    next_scheduled_start_time:
      state?.type === "SCHEDULED" ? (state.state_details.scheduled_time ?? null) : null,
  });
}
