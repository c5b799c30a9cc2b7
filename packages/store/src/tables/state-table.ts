/**
 * The state histories of runs, clustered by run: the states of one run lie together and are written to the end of the
 * table, which measured at a third of what a random key with an index costs.
 */
import type { FlowRun, TaskRun, WireState } from "@sluice/protocol";
import type { SqlRow, SqlSession, SqlStatement, SqlValue } from "../sql-session.ts";
import { type ColumnKind, decodeColumn, jsonText } from "./column.ts";
import { insertRows, type ManyRows } from "./many-rows.ts";
import { storedTimestamp } from "./stored-timestamp.ts";

/** Every column but the run's id, which comes first. */
const STATE_KINDS = [
  ["id", "id"],
  ["type", "text"],
  ["name", "text"],
  ["timestamp", "timestamp"],
  ["message", "text"],
  ["data", "json"],
  ["state_details", "json"],
] as const satisfies readonly (readonly [string, ColumnKind])[];

/** Columns of a state as they are selected beside its run. */
const STATE_COLUMNS = {
  id: "state_row_id",
  type: "state_row_type",
  name: "state_row_name",
  timestamp: "state_row_timestamp",
  message: "state_row_message",
  data: "state_row_data",
  state_details: "state_row_details",
} as const;

/** What a run has when it is read, beyond the columns of its table. */
export const READ_MEMBERS: readonly (keyof FlowRun & keyof TaskRun)[] = [
  "state",
  "estimated_run_time",
  "estimated_start_time_delta",
];

export class StateTable {
  /** `flow_run_state` or `task_run_state`. */
  readonly name: string;
  /** Selects runs, each with its current state as `STATE_COLUMNS`; a condition may follow. */
  readonly selectRunsSql: string;
  /** Inserts states unless their runs have them. */
  readonly insertMany: ManyRows;
  readonly #chainSql: string;
  readonly #currentSql: string;
  readonly #listSql: string;
  readonly #findSql: string;

  constructor(runTable: "flow_run" | "task_run") {
    this.name = `${runTable}_state`;
    const runColumn = `${runTable}_id`;
    const selection = Object.entries(STATE_COLUMNS)
      .map(([column, alias]) => `state.${column} AS ${alias}`)
      .join(", ");
    const withState =
      `FROM ${runTable} LEFT JOIN ${this.name} AS state ` +
      `ON state.${runColumn} = ${runTable}.id AND state.id = ${runTable}.state_id`;
    this.selectRunsSql = `SELECT ${runTable}.*, ${selection} ${withState}`;
    this.#currentSql = `SELECT ${selection} ${withState} WHERE ${runTable}.id = ?`;
    const columns = [[runColumn, "id"], ...STATE_KINDS] as const;
    this.insertMany = insertRows(this.name, columns, "ON CONFLICT DO NOTHING");
    this.#chainSql =
      `INSERT INTO ${this.name} (${columns.map(([name]) => name).join(", ")}) ` +
      `SELECT ${columns.map(() => "?").join(", ")} FROM chain WHERE true ON CONFLICT DO NOTHING`;
    this.#listSql = `SELECT ${selection} FROM ${this.name} AS state WHERE ${runColumn} = ? ORDER BY timestamp, id`;
    this.#findSql = `SELECT ${selection} FROM ${this.name} AS state WHERE id = ? LIMIT 1`;
  }

  /** Inserts a state, unless the run has it, after the run was written in the same chain. */
  insertInChain(runId: string, state: WireState): SqlStatement {
    return { sql: this.#chainSql, parameters: this.encode(runId, state) };
  }

  /** A row of `insertMany`. */
  encode(runId: string, state: WireState): SqlValue[] {
    return [
      runId,
      state.id,
      state.type,
      state.name,
      storedTimestamp(state.timestamp),
      state.message,
      state.data === null ? null : jsonText(state.data),
      jsonText(state.state_details),
    ];
  }

  /** What reading the state will give. */
  asStored(runId: string, state: WireState): WireState | null {
    const [, ...values] = this.encode(runId, state);
    return decodeState(
      Object.fromEntries(
        STATE_KINDS.map(([column], index) => [STATE_COLUMNS[column], values[index] ?? null]),
      ),
    );
  }

  /** The state a run is in, which may be null; `undefined` when there is no such run. */
  async current(session: SqlSession, runId: string): Promise<WireState | null | undefined> {
    const [row] = await session.all(this.#currentSql, [runId]);
    return row && decodeState(row);
  }

  /** The states of a run, oldest first. */
  async list(session: SqlSession, runId: string): Promise<WireState[]> {
    const rows = await session.all(this.#listSql, [runId]);
    return rows.map(decodeState).filter((state) => state !== null);
  }

  /** The state with an id, whichever run had it. */
  async find(session: SqlSession, id: string): Promise<WireState | undefined> {
    const [row] = await session.all(this.#findSql, [id]);
    return (row && decodeState(row)) ?? undefined;
  }
}

/** Whether a run's row has its current state beside it. */
export function hasItsState(row: SqlRow): boolean {
  return row["state_id"] === row[STATE_COLUMNS.id];
}

/** The state in a row's `STATE_COLUMNS`; null when the run has none. */
export function decodeState(row: SqlRow): WireState | null {
  if (row[STATE_COLUMNS.id] === null) return null;
  const state: Record<keyof typeof STATE_COLUMNS, unknown> = {
    id: row[STATE_COLUMNS.id],
    type: row[STATE_COLUMNS.type],
    name: row[STATE_COLUMNS.name],
    timestamp: row[STATE_COLUMNS.timestamp],
    message: row[STATE_COLUMNS.message],
    data: decodeColumn("json", row[STATE_COLUMNS.data] ?? null),
    state_details: decodeColumn("json", row[STATE_COLUMNS.state_details] ?? null),
  };
  // Every column was encoded from the member of its name.
  return state as WireState;
}
