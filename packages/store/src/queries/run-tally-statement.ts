/** The statement that counts runs by span of time and state, with the sums of what is computed when a run is read. */
import type { RunTallyQuery, StoredNouns } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { isLive } from "../tables/live-state.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { matching } from "./list-statement.ts";
import { type QueryDialect, queryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

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
  { where, by, origin, seconds, now }: RunTallyQuery<StoredNouns[N]>,
): SqlStatement {
  const dialect = queryDialect(dialectName);
  const run = rawSql(noun);
  const instant = sql`${run}.${rawSql(by)}`;
  const bucket = dialect.bucketOf(instant, storedTimestamp(origin), seconds);
  const at = dialect.instant(storedTimestamp(now));
  const runTime = sql`${run}.total_run_time + case when ${run}.state_type = 'RUNNING' then ${positive(dialect, rawSql(STATE_ENTERED[noun]), at)} else 0 end`;
  const selection = sql`select ${bucket} as bucket, ${run}.state_type, ${run}.state_name, ${runTime} as run_time, ${lateness(dialect, noun, at)} as lateness ${matching(dialect, noun, where)}`;
  return sql`select bucket, state_type, state_name, count(*) as count, sum(run_time) as run_time, sum(lateness) as lateness from (${selection}) as runs where bucket is not null group by bucket, state_type, state_name`;
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
