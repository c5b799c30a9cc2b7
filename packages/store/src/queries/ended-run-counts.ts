/**
 * Flow runs by span of time and state, from the counts that were kept as runs ended (`flow_run_count`), for questions on
 * expected start and state alone. Runs that have not ended are few, and so are those at the ends of a range.
 */
import { type Condition, fromMicroseconds, type StoredFlowRun, toMicroseconds } from "@sluice/orchestration";
import type { SqlDialectName } from "../sql-session.ts";
import { isLive } from "../tables/live-state.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { compileCondition, type Scope } from "./compile-condition.ts";
import { partsOf, type RangePart, type TimeRange } from "./counted-range.ts";
import { queryDialect } from "./query-dialect.ts";
import { type RangeCondition, rangeCondition } from "./range-condition.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

const SECOND = 1_000_000;
/** Instants there can be: years of four digits. */
const EARLIEST = Date.parse("0000-01-01T00:00:00Z") * 1000;
const LATEST = Date.parse("9999-12-31T23:59:59Z") * 1000;
/** Each costs some looks into an index. */
const MAX_BUCKETS = 1000;
const COUNTS: Scope = { noun: "flow_run", alias: "flow_run_count", depth: 0 };
/** Runs are found by their time: most are in one state, whose index would lead to them all. */
const RUNS: Scope = {
  noun: "flow_run",
  alias: "flow_run",
  depth: 0,
  columns: new Map([["state_type", "coalesce(flow_run.state_type, '')"]]),
};
const IN_SPAN = sql`flow_run_count.span = part.span and flow_run_count.start >= part.since and flow_run_count.start < part.until`;
const IN_END = sql`flow_run.expected_start_time >= part.since and flow_run.expected_start_time < part.until`;
const HAS_ENDED = rawSql(`not (${isLive("flow_run")})`);

/** What is asked, and which part of the time belongs to which bucket. */
export interface EndedRuns {
  readonly asked: RangeCondition<StoredFlowRun>;
  readonly parts: readonly BucketPart[];
}

interface BucketPart extends RangePart {
  readonly bucket: number;
}

/** The runs of one bucket, those without an expected start among them; undefined when the counts cannot tell. */
export function endedRuns(where: Condition<StoredFlowRun> | undefined): EndedRuns | undefined {
  const asked = countable(where);
  if (asked === undefined) return undefined;
  const range = asked.range ?? { from: EARLIEST, to: LATEST };
  const parts = partsOf(possible(range)).map((part) => ({ ...part, bucket: 0 }));
  // They are counted as a span of their own.
  const withoutStart = { bucket: 0, spanSeconds: 0, range: { from: 0, to: SECOND } };
  return { asked, parts: asked.range === undefined ? [...parts, withoutStart] : parts };
}

/** The runs of each bucket; undefined when the counts cannot tell. */
export function endedRunsByTime(
  where: Condition<StoredFlowRun> | undefined,
  { origin, seconds }: { readonly origin: string; readonly seconds: number },
): EndedRuns | undefined {
  const asked = countable(where);
  const length = seconds * SECOND;
  if (asked === undefined || !Number.isInteger(length)) return undefined;
  const { from, to } = possible(asked.range ?? { from: EARLIEST, to: LATEST });
  const start = toMicroseconds(storedTimestamp(origin));
  const [first, last] = [Math.floor((from - start) / length), Math.ceil((to - start) / length)];
  if (last - first > MAX_BUCKETS) return undefined;
  const buckets = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  const parts = buckets.flatMap((bucket) => {
    const begin = start + bucket * length;
    return partsOf({ from: Math.max(from, begin), to: Math.min(to, begin + length) }).map((part) => ({
      ...part,
      bucket,
    }));
  });
  return { asked, parts };
}

/** A select of the ended runs: `bucket`, `state_type`, `state_name`, `count`, `run_time` and `lateness`; `lateness` says how late a run is. */
export function endedRunsSelection(
  dialectName: SqlDialectName,
  { asked, parts }: EndedRuns,
  lateness: SqlFragment,
): SqlFragment {
  const dialect = queryDialect(dialectName);
  const inState = (scope: Scope): SqlFragment =>
    asked.rest === undefined ? sql`` : sql` and ${compileCondition(dialect, asked.rest, scope)}`;
  const spans = parts.flatMap(({ bucket, spanSeconds, range }) =>
    spanSeconds === undefined ? [] : [[bucket, spanSeconds, inSeconds(range.from), inSeconds(range.to)]],
  );
  const ends = parts.flatMap(({ bucket, spanSeconds, range }) =>
    spanSeconds === undefined ? [[bucket, fromMicroseconds(range.from), fromMicroseconds(range.to)]] : [],
  );
  const spanTable = dialect.valuesTable("part", spans, {
    bucket: "whole",
    span: "whole",
    since: "whole",
    until: "whole",
  });
  const endTable = dialect.valuesTable("part", ends, {
    bucket: "whole",
    since: "timestamp",
    until: "timestamp",
  });
  const counted = sql`select part.bucket, flow_run_count.state_type, nullif(flow_run_count.state_name, '') as state_name, flow_run_count.count, flow_run_count.run_time, flow_run_count.lateness from ${spanTable} ${dialect.lookInto("flow_run_count", IN_SPAN)} where true${inState(COUNTS)}`;
  const others = sql`select part.bucket, flow_run.state_type, flow_run.state_name, 1 as count, flow_run.total_run_time as run_time, ${lateness} as lateness from ${endTable} ${dialect.lookInto("flow_run", IN_END)} where ${HAS_ENDED}${inState(RUNS)}`;
  return ends.length === 0 ? counted : sql`${counted} union all ${others}`;
}

function countable(where: Condition<StoredFlowRun> | undefined): EndedRuns["asked"] | undefined {
  return rangeCondition(where, { member: "expected_start_time", others: ["state_type", "state_name"] });
}

function possible({ from, to }: TimeRange): TimeRange {
  return { from: Math.max(from, EARLIEST), to: Math.min(to, LATEST) };
}

function inSeconds(microseconds: number): number {
  return Math.round(microseconds / SECOND);
}
