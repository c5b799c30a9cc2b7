/** Task runs in SQL, with their states. */
import {
  type Condition,
  GroupCommit,
  type MemberOf,
  type ObjectQuery,
  type RunTally,
  type RunTallyQuery,
  type StoredTaskRun,
  type TaskRunStore,
} from "@sluice/orchestration";
import { ObjectNotFoundError, type TaskRunRecord, type WireState } from "@sluice/protocol";
import { MAX_ITEMS_AT_ONCE, MAX_WAITING_ITEMS } from "../in-batches.ts";
import { cachedRunStatement } from "../queries/cached-run-statement.ts";
import type { SqlDatabase, SqlSession } from "../sql-session.ts";
import { isLive } from "../tables/live-state.ts";
import { TASK_RUN_STATES, TASK_RUN_TABLE, type TaskRunRow } from "../tables/task-run-table.ts";
import { countRows, countRowsBy, listRuns, tallyRuns } from "./listing.ts";
import { recordTaskRuns, type TimedRecord } from "./record-task-runs.ts";
import { RunRows } from "./run-rows.ts";

const ROWS = new RunRows<StoredTaskRun, TaskRunRow>({
  table: TASK_RUN_TABLE,
  states: TASK_RUN_STATES,
  toFacts: ({ state, ...facts }) => (state ? { ...facts, ...currentState(state) } : facts),
  fromFacts: ({ state_timestamp: _, ...facts }, state) => ({ ...facts, state }),
});

const DELETE_STATES_SQL = "DELETE FROM task_run_state WHERE task_run_id = ?";
const DELETE_SQL = "DELETE FROM task_run WHERE id = ?";
const LIST_UNFINISHED_SQL = `SELECT id FROM task_run WHERE flow_run_id = ? AND ${isLive("task_run")} ORDER BY id`;

export class SqlTaskRunStore implements TaskRunStore {
  readonly #database: SqlDatabase;
  #records: GroupCommit<TimedRecord> | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(run: StoredTaskRun): Promise<{ run: StoredTaskRun; created: boolean }> {
    return this.#database.write(async (session) => {
      const known = await findKnown(session, run);
      if (known !== undefined) return { run: known, created: false };
      const inserted = await ROWS.insert(session, run);
      if (inserted !== undefined) return { run: inserted, created: true };
      const meanwhile = await ROWS.findById(session, run.id);
      if (meanwhile === undefined) throw new ObjectNotFoundError("task run", run.id);
      return { run: meanwhile, created: false };
    });
  }

  find(id: string): Promise<StoredTaskRun | undefined> {
    return this.#database.read((session) => ROWS.findById(session, id));
  }

  update(id: string, changes: Partial<StoredTaskRun>): Promise<boolean> {
    return this.#database.writeOnce((session) => ROWS.update(session, id, { members: changes }));
  }

  delete(id: string): Promise<boolean> {
    return this.#database.write(async (session) => {
      await session.run(DELETE_STATES_SQL, [id]);
      return (await session.run(DELETE_SQL, [id])) === 1;
    });
  }

  /**
   * Records are taken in the order of the calls, and those of several calls together, so that many small calls cost what
   * few large ones do; other writes get their turn between the transactions of a large one.
   */
  record(records: readonly TaskRunRecord[], now: string): Promise<void> {
    return this.#database.call((database) => {
      this.#records ??= new GroupCommit({
        write: (timed) => recordTaskRuns(database, timed),
        maxItems: MAX_ITEMS_AT_ONCE,
        maxWaiting: MAX_WAITING_ITEMS,
      });
      return this.#records.add(records.map((record) => ({ record, now })));
    });
  }

  listStates(id: string): Promise<WireState[]> {
    return this.#database.read((session) => ROWS.listStates(session, id));
  }

  findState(id: string): Promise<WireState | undefined> {
    return this.#database.read((session) => ROWS.findState(session, id));
  }

  async list(query: ObjectQuery<StoredTaskRun>): Promise<StoredTaskRun[]> {
    const rows = await listRuns(this.#database, { noun: "task_run", query }, TASK_RUN_STATES.selectRunsSql);
    return rows.map((row) => ROWS.decode(row));
  }

  count(where?: Condition<StoredTaskRun>): Promise<number> {
    return countRows(this.#database, "task_run", where);
  }

  countBy(
    member: MemberOf<StoredTaskRun>,
    where?: Condition<StoredTaskRun>,
  ): Promise<ReadonlyMap<string, number>> {
    return countRowsBy(this.#database, { noun: "task_run", member }, where);
  }

  tally(query: RunTallyQuery<StoredTaskRun>): Promise<RunTally[]> {
    return tallyRuns(this.#database, "task_run", query);
  }

  async findCached(cacheKey: string, now: string): Promise<StoredTaskRun | undefined> {
    const { sql, parameters } = cachedRunStatement(cacheKey, now);
    const [row] = await this.#database.read((session) => session.all(sql, parameters));
    return row && ROWS.decode(row);
  }

  async listUnfinished(flowRunId: string): Promise<string[]> {
    const rows = await this.#database.read((session) => session.all(LIST_UNFINISHED_SQL, [flowRunId]));
    return rows.map(({ id }) => String(id));
  }
}

function currentState(state: WireState): Partial<TaskRunRow> {
  return {
    state_id: state.id,
    state_type: state.type,
    state_name: state.name,
    state_timestamp: state.timestamp,
  };
}

/** The run with the same id or keys. */
async function findKnown(session: SqlSession, run: StoredTaskRun): Promise<StoredTaskRun | undefined> {
  const sameId = await ROWS.findById(session, run.id);
  if (sameId !== undefined || run.flow_run_id === null) return sameId;
  return ROWS.find(
    session,
    "task_run.flow_run_id = ? AND task_run.task_key = ? AND task_run.dynamic_key = ? ORDER BY task_run.id LIMIT 1",
    [run.flow_run_id, run.task_key, run.dynamic_key],
  );
}
