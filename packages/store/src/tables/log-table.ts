/** Log lines, clustered by flow run and time; lines without a flow run have the nil id. */
import type { Log } from "@sluice/protocol";
import type { SqlRow, SqlValue } from "../sql-session.ts";
import { insertRows, type ManyRows } from "./many-rows.ts";
import { ObjectTable } from "./object-table.ts";

/** Stands for no flow run, because a key has no missing parts. */
const NO_FLOW_RUN = "00000000-0000-0000-0000-000000000000";

export const LOG_TABLE: ObjectTable<Log> = new ObjectTable<Log>("log", {
  flow_run_id: "id",
  timestamp: "timestamp",
  id: "id",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  level: "number",
  message: "text",
  task_run_id: "id",
});

/** Inserts lines unless they are there. */
export const INSERT_LOGS: ManyRows = insertRows(LOG_TABLE.name, LOG_TABLE.columns, "ON CONFLICT DO NOTHING");

/** A row of `INSERT_LOGS`. */
export function encodeLog(log: Log): SqlValue[] {
  const [flowRunId, ...rest] = LOG_TABLE.encode(log);
  return [flowRunId ?? NO_FLOW_RUN, ...rest];
}

export function decodeLog(row: SqlRow): Log {
  const log = LOG_TABLE.decode(row);
  return log.flow_run_id === NO_FLOW_RUN ? { ...log, flow_run_id: null } : log;
}
