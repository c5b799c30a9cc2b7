/** Flow runs in SQL, with their states and leases. */
import {
  addSeconds,
  type Condition,
  endsLease,
  type FlowRunStore,
  type LeasedFlowRun,
  type MemberOf,
  type ObjectQuery,
  type RunTally,
  type RunTallyQuery,
  type StoredFlowRun,
} from "@sluice/orchestration";
import { type FlowRunHeartbeat, ObjectNotFoundError, type WireState } from "@sluice/protocol";
import { withNames } from "../queries/name-parts.ts";
import { countFlowRunsStatement, flowRunTallyStatement } from "../queries/run-tally-statement.ts";
import type { SqlDatabase, SqlRow, SqlSession } from "../sql-session.ts";
import { FLOW_RUN_STATES, FLOW_RUN_TABLE } from "../tables/flow-run-table.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { countRowsBy, listRuns, readCount, readTallies } from "./listing.ts";
import { RunRows } from "./run-rows.ts";

const ROWS = new RunRows<StoredFlowRun, Omit<StoredFlowRun, "state">>({
  table: FLOW_RUN_TABLE,
  states: FLOW_RUN_STATES,
  toFacts: ({ state, ...facts }) => (state ? { ...facts, ...currentState(state) } : facts),
  fromFacts: (facts, state) => ({ ...facts, state }),
});

/** Everything that goes with a flow run, in an order in which nothing refers to what is gone. */
const DELETE_SQL: readonly string[] = [
  "DELETE FROM log WHERE flow_run_id = ?",
  "DELETE FROM task_run_state WHERE task_run_id IN (SELECT id FROM task_run WHERE flow_run_id = ?)",
  "DELETE FROM task_run WHERE flow_run_id = ?",
  "DELETE FROM flow_run_state WHERE flow_run_id = ?",
  "DELETE FROM flow_run_lease WHERE flow_run_id = ?",
];
const DELETE_RUN_SQL = "DELETE FROM flow_run WHERE id = ?";
const END_LEASE_SQL = "DELETE FROM flow_run_lease WHERE flow_run_id = ? AND EXISTS (SELECT 1 FROM chain)";
const LIST_LEASED_SQL = "SELECT * FROM flow_run_lease ORDER BY flow_run_id";
const RENEW_LEASE_SQL = `
  INSERT INTO flow_run_lease
    (flow_run_id, owner_host, owner_pid, owner_process_started_at, last_heartbeat_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (flow_run_id) DO UPDATE SET
    owner_host = excluded.owner_host, owner_pid = excluded.owner_pid,
    owner_process_started_at = excluded.owner_process_started_at,
    last_heartbeat_at = excluded.last_heartbeat_at, expires_at = excluded.expires_at`;

export class SqlFlowRunStore implements FlowRunStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async insert(run: StoredFlowRun): Promise<{ run: StoredFlowRun; created: boolean }> {
    const inserted = await this.#database.writeOnce((session) => ROWS.insert(session, run));
    if (inserted !== undefined) return { run: inserted, created: true };
    const known = await this.#database.read((session) => findKnown(session, run));
    if (known === undefined) throw new ObjectNotFoundError("flow run", run.id);
    return { run: known, created: false };
  }

  find(id: string): Promise<StoredFlowRun | undefined> {
    return this.#database.read((session) => ROWS.findById(session, id));
  }

  update(id: string, changes: Partial<StoredFlowRun>): Promise<boolean> {
    const then = changes.state && endsLease(changes.state) ? [{ sql: END_LEASE_SQL, parameters: [id] }] : [];
    return this.#database.writeOnce((session) => ROWS.update(session, id, { members: changes, then }));
  }

  delete(id: string): Promise<boolean> {
    return this.#database.write(async (session) => {
      for (const sql of DELETE_SQL) await session.run(sql, [id]);
      return (await session.run(DELETE_RUN_SQL, [id])) === 1;
    });
  }

  listStates(id: string): Promise<WireState[]> {
    return this.#database.read((session) => ROWS.listStates(session, id));
  }

  findState(id: string): Promise<WireState | undefined> {
    return this.#database.read((session) => ROWS.findState(session, id));
  }

  async list(query: ObjectQuery<StoredFlowRun>): Promise<StoredFlowRun[]> {
    const where = await withNames(this.#database, query.where);
    const plan = { noun: "flow_run", query: { ...query, where } } as const;
    const rows = await listRuns(this.#database, plan, FLOW_RUN_STATES.selectRunsSql);
    return rows.map((row) => ROWS.decode(row));
  }

  async count(where?: Condition<StoredFlowRun>): Promise<number> {
    const named = await withNames(this.#database, where);
    return readCount(this.#database, countFlowRunsStatement(this.#database.dialect, named));
  }

  async countBy(
    member: MemberOf<StoredFlowRun>,
    where?: Condition<StoredFlowRun>,
  ): Promise<ReadonlyMap<string, number>> {
    const named = await withNames(this.#database, where);
    return countRowsBy(this.#database, { noun: "flow_run", member }, named);
  }

  async tally(query: RunTallyQuery<StoredFlowRun>): Promise<RunTally[]> {
    const where = await withNames(this.#database, query.where);
    return readTallies(this.#database, flowRunTallyStatement(this.#database.dialect, { ...query, where }));
  }

  async renewLeases(beat: FlowRunHeartbeat, now: string): Promise<void> {
    const { host, pid, process_started_at: startedAt } = beat.owner;
    const expiresAt = storedTimestamp(addSeconds(now, beat.lease_seconds));
    const lease = [host, pid, startedAt, storedTimestamp(now), expiresAt];
    await this.#database.write(async (session) => {
      for (const id of beat.flow_run_ids) {
        const state = await FLOW_RUN_STATES.current(session, id);
        if (state === undefined || (state !== null && endsLease(state))) continue;
        await session.run(RENEW_LEASE_SQL, [id, ...lease]);
      }
    });
  }

  async listLeased(): Promise<LeasedFlowRun[]> {
    const rows = await this.#database.read((session) => session.all(LIST_LEASED_SQL, []));
    return rows.map(decodeLease);
  }
}

function currentState(state: WireState): Pick<StoredFlowRun, "state_id" | "state_type" | "state_name"> {
  return { state_id: state.id, state_type: state.type, state_name: state.name };
}

/** The run with the same id or idempotency key. */
async function findKnown(session: SqlSession, run: StoredFlowRun): Promise<StoredFlowRun | undefined> {
  const sameId = await ROWS.findById(session, run.id);
  if (sameId !== undefined || run.idempotency_key === null) return sameId;
  const condition = "flow_run.flow_id = ? AND flow_run.idempotency_key = ?";
  return ROWS.find(session, condition, [run.flow_id, run.idempotency_key]);
}

function decodeLease({
  flow_run_id: id,
  owner_host: host,
  owner_pid: pid,
  owner_process_started_at: startedAt,
  last_heartbeat_at: lastHeartbeatAt,
  expires_at: expiresAt,
}: SqlRow): LeasedFlowRun {
  return {
    id: String(id),
    owner: { host: String(host), pid: Number(pid), process_started_at: Number(startedAt) },
    lastHeartbeatAt: String(lastHeartbeatAt),
    leaseExpiresAt: String(expiresAt),
  };
}
