/** Log lines, clustered by flow run and time; lines without a flow run have the empty id. */
import type { Log } from "@sluice/protocol";
import type { SqlRow, SqlValue } from "../sql-session.ts";
import { ObjectTable } from "./object-table.ts";

const TABLE = new ObjectTable<Log>("log", {
  flow_run_id: "text",
  timestamp: "timestamp",
  id: "text",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  level: "number",
  message: "text",
  task_run_id: "text",
});

/** Inserts a line unless it is there. */
export const INSERT_LOG_SQL: string = `${TABLE.insertSql} ON CONFLICT DO NOTHING`;

/** The parameters of `INSERT_LOG_SQL`. */
export function encodeLog(log: Log): SqlValue[] {
  const [flowRunId, ...rest] = TABLE.encode(log);
  return [flowRunId ?? "", ...rest];
}

export function decodeLog(row: SqlRow): Log {
  const log = TABLE.decode(row);
  return log.flow_run_id === "" ? { ...log, flow_run_id: null } : log;
}
