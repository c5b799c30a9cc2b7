/** The statements that count runs by span of time and state, with the sums of what is computed when a run is read. */
import type { Condition, RunTallyQuery, StoredFlowRun, StoredNouns } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { isLive } from "../tables/live-state.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { compileCondition, type Scope } from "./compile-condition.ts";
import { type EndedRuns, endedRuns, endedRunsByTime, endedRunsSelection } from "./ended-run-counts.ts";
import { countStatement, matching } from "./list-statement.ts";
import { type QueryDialect, queryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

const FLOW_RUNS: Scope = { noun: "flow_run", alias: "flow_run", depth: 0 };

type RunNoun = "flow_run" | "task_run";

/** When the state was entered that a run is in. */
const STATE_ENTERED: Readonly<Record<RunNoun, string>> = {
  flow_run:
    "(select state.timestamp from flow_run_state as state where state.flow_run_id = flow_run.id and state.id = flow_run.state_id)",
  task_run: "task_run.state_timestamp",
};

/** As `estimates.ts` of the orchestration package computes them. */
export function runTallyStatement<N extends RunNoun>(
  dialectName: SqlDialectName,
  noun: N,
  query: RunTallyQuery<StoredNouns[N]>,
): SqlStatement {
  const from = matching(queryDialect(dialectName), noun, query.where);
  return grouped(selectRuns(dialectName, noun, { ...query, from }));
}

/** As `runTallyStatement`; runs that have ended are taken from what was counted as they did, where that can be. */
export function flowRunTallyStatement(
  dialectName: SqlDialectName,
  query: RunTallyQuery<StoredFlowRun>,
): SqlStatement {
  const ended = query.by === "expected_start_time" ? endedRunsByTime(query.where, query) : undefined;
  if (ended === undefined) return runTallyStatement(dialectName, "flow_run", query);
  const live = selectRuns(dialectName, "flow_run", { ...query, from: fromLive(dialectName, query.where) });
  return grouped(sql`${endedSelection(dialectName, ended)} union all ${live}`);
}

/** A row with the `count` of all flow runs that match, in the way of `flowRunTallyStatement`. */
export function countFlowRunsStatement(
  dialectName: SqlDialectName,
  where: Condition<StoredFlowRun> | undefined,
): SqlStatement {
  const ended = endedRuns(where);
  if (ended === undefined) return countStatement(dialectName, "flow_run", where);
  return sql`select sum(count) as count from (select count from (${endedSelection(dialectName, ended)}) as ended union all select count(*) as count ${fromLive(dialectName, where)}) as counts`;
}

function endedSelection(dialectName: SqlDialectName, ended: EndedRuns): SqlFragment {
  const [expected, started] = [rawSql("flow_run.expected_start_time"), rawSql("flow_run.start_time")];
  return endedRunsSelection(dialectName, ended, positive(queryDialect(dialectName), expected, started));
}

/** `from` those that have not ended: they are few, wherever they are in time, and have an index that leads to them. */
function fromLive(dialectName: SqlDialectName, where: Condition<StoredFlowRun> | undefined): SqlFragment {
  const dialect = queryDialect(dialectName);
  const run = dialect.lookInto("flow_run", rawSql("flow_run.id = live.id"));
  const live = sql`from flow_run as live ${run} where ${rawSql(isLive("live"))}`;
  return where === undefined ? live : sql`${live} and ${compileCondition(dialect, where, FLOW_RUNS)}`;
}

function grouped(selection: SqlFragment): SqlStatement {
  return sql`select bucket, state_type, state_name, sum(count) as count, sum(run_time) as run_time, sum(lateness) as lateness from (${selection}) as runs where bucket is not null group by bucket, state_type, state_name`;
}

function selectRuns(
  dialectName: SqlDialectName,
  noun: RunNoun,
  { from, by, origin, seconds, now }: Omit<RunTallyQuery<unknown>, "where"> & { readonly from: SqlFragment },
): SqlFragment {
  const dialect = queryDialect(dialectName);
  const run = rawSql(noun);
  const instant = sql`${run}.${rawSql(by)}`;
  const bucket = dialect.bucketOf(instant, storedTimestamp(origin), seconds);
  const at = dialect.instant(storedTimestamp(now));
  const runTime = sql`${run}.total_run_time + case when ${run}.state_type = 'RUNNING' then ${positive(dialect, rawSql(STATE_ENTERED[noun]), at)} else 0 end`;
  return sql`select ${bucket} as bucket, ${run}.state_type, ${run}.state_name, 1 as count, ${runTime} as run_time, ${lateness(dialect, noun, at)} as lateness ${from}`;
}

function lateness(dialect: QueryDialect, noun: RunNoun, now: SqlFragment): SqlFragment {
  const [expected, started] = [rawSql(`${noun}.expected_start_time`), rawSql(`${noun}.start_time`)];
  const cases = sql`case when ${started} is not null then ${positive(dialect, expected, started)} when ${rawSql(isLive(noun))} then ${positive(dialect, expected, now)} else 0 end`;
  return sql`coalesce(${cases}, 0)`;
}

function positive(dialect: QueryDialect, start: SqlFragment, end: SqlFragment): SqlFragment {
  const seconds = dialect.secondsBetween(start, end);
  return sql`case when ${end} > ${start} then ${seconds} else 0 end`;
}
