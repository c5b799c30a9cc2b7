/** Runs the statements that `queries/` builds. */
import type { Condition, RunTally, RunTallyQuery, StoredNouns } from "@sluice/orchestration";
import type { StateType } from "@sluice/protocol";
import {
  countByStatement,
  countStatement,
  type ListPlan,
  listIdsStatement,
  listRowsStatement,
  listRunsStatement,
} from "../queries/list-statement.ts";
import { runTallyStatement } from "../queries/run-tally-statement.ts";
import type { SqlDatabase, SqlRow, SqlStatement } from "../sql-session.ts";
import type { Noun } from "../tables/noun-tables.ts";

/** The rows of a noun's table that a query asks for. */
export function listObjects<N extends Noun>(
  database: SqlDatabase,
  plan: ListPlan<N>,
): Promise<readonly SqlRow[]> {
  return database.read((session) => {
    const { sql, parameters } = listRowsStatement(database.dialect, plan);
    const lock = plan.query.lock === undefined ? "" : session.lockOf(plan.noun, plan.query.lock);
    return session.ask({ sql: `${sql}${lock}`, parameters });
  });
}

/** Runs that a query asks for, each with its state; `selectRunsSql` selects them. */
export function listRuns<N extends "flow_run" | "task_run">(
  database: SqlDatabase,
  plan: ListPlan<N>,
  selectRunsSql: string,
): Promise<readonly SqlRow[]> {
  const list = (wanted: ListPlan<N>): SqlStatement =>
    listRunsStatement(database.dialect, wanted, selectRunsSql);
  return database.read(async (session) => {
    const { noun, query } = plan;
    const lock = query.lock === undefined ? "" : session.lockOf(noun, query.lock);
    if (lock === "") return session.ask(list(plan));
    // Locked first and read then, because a statement does not see what was written while it waited for its locks.
    const { sql, parameters } = listIdsStatement(database.dialect, plan);
    const rows = await session.ask({ sql: `${sql}${lock}`, parameters });
    const values = rows.map(({ id }) => String(id));
    // Every noun has an id.
    const where = { type: "one-of", member: "id", values } as unknown as Condition<StoredNouns[N]>;
    return session.ask(list({ noun, query: { where, orderBy: query.orderBy } }));
  });
}

/** How many objects of a noun have each value of a member. */
export async function countRowsBy<N extends Noun>(
  database: SqlDatabase,
  plan: { readonly noun: N; readonly member: string },
  where: Condition<StoredNouns[N]> | undefined,
): Promise<ReadonlyMap<string, number>> {
  const statement = countByStatement(database.dialect, plan, where);
  const rows = await database.read((session) => session.ask(statement));
  return new Map(rows.map(({ value, count }) => [String(value), Number(count)]));
}

/** The runs by span of time and state. */
export async function tallyRuns<N extends "flow_run" | "task_run">(
  database: SqlDatabase,
  noun: N,
  query: RunTallyQuery<StoredNouns[N]>,
): Promise<RunTally[]> {
  return readTallies(database, runTallyStatement(database.dialect, noun, query));
}

/** What a statement of `run-tally-statement.ts` gives. */
export async function readTallies(database: SqlDatabase, statement: SqlStatement): Promise<RunTally[]> {
  const rows = await database.read((session) => session.ask(statement));
  return rows.map((row) => ({
    bucket: Number(row["bucket"]),
    // Only state types are written there.
    stateType: row["state_type"] as StateType | null,
    stateName: row["state_name"] === null ? null : String(row["state_name"]),
    count: Number(row["count"]),
    runTimeSeconds: Number(row["run_time"]),
    latenessSeconds: Number(row["lateness"]),
  }));
}

/** How many objects of a noun match. */
export async function countRows<N extends Noun>(
  database: SqlDatabase,
  noun: N,
  where: Condition<StoredNouns[N]> | undefined,
): Promise<number> {
  return readCount(database, countStatement(database.dialect, noun, where));
}

/** The one `count` that a statement gives. */
export async function readCount(database: SqlDatabase, statement: SqlStatement): Promise<number> {
  const [{ count } = { count: 0 }] = await database.read((session) => session.ask(statement));
  return Number(count);
}
