/**
 * The statements that count events by time, by name and by resource. Where time and name are all that is asked of, the
 * counts are those that were kept as the events were written (`event_count`).
 */
import { type EventBuckets, type EventStore, fromMicroseconds, toMicroseconds } from "@sluice/orchestration";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { type Buckets, partsOf, type RangePart, type TimeRange } from "./counted-range.ts";
import { type EventWhere, eventSource } from "./event-source.ts";
import { KNOWN_NAMES, ofKnownNames } from "./known-event-names.ts";
import { queryDialect } from "./query-dialect.ts";
import { ALL_TIME, rangeCondition } from "./range-condition.ts";
import { joinSql, rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

const SECOND = 1_000_000;
const EVENT_OCCURRED = rawSql("event.occurred");

/** Counts no further than `limit`. */
export function countEventsStatement(
  dialectName: SqlDialectName,
  where: EventWhere,
  limit: number,
): SqlStatement {
  const { from } = eventSource(dialectName, where);
  return sql`select count(*) as count from (select 1 ${from} limit ${limit}) as matching`;
}

export function bucketsStatement(dialectName: SqlDialectName, query: EventBuckets): SqlStatement {
  const asked = namesInRange(query.where);
  if (asked !== undefined) return countedBuckets(dialectName, query, asked);
  const { from, position } = eventSource(dialectName, query.where);
  const bucket = bucketOf(dialectName, query, rawSql(position[0]));
  return sql`select bucket, count(*) as count from (select ${bucket} as bucket ${from}) as instants group by bucket`;
}

export function tallyStatement(
  dialectName: SqlDialectName,
  { where, by, limit }: Parameters<EventStore["tally"]>[0],
): SqlStatement {
  const asked = by === "event" ? namesInRange(where) : undefined;
  if (asked !== undefined) return countedNames(dialectName, asked, limit);
  const value = rawSql(`event.${by}`);
  const { from } = eventSource(dialectName, where, { isRead: true });
  return sql`select ${value} as value, count(*) as count, min(event.occurred) as first, max(event.occurred) as last ${from} group by ${value} order by count(*) desc, ${value} limit ${limit}`;
}

function countedBuckets(dialectName: SqlDialectName, query: EventBuckets, asked: NamesInRange): SqlStatement {
  const buckets: Buckets = {
    origin: toMicroseconds(storedTimestamp(query.origin)),
    seconds: query.seconds,
  };
  const bucket = {
    ofEvent: bucketOf(dialectName, query, EVENT_OCCURRED),
    ofSpan: bucketOfSpan(buckets),
  };
  const parts = countedParts(dialectName, { ...asked, parts: partsOf(asked.range, buckets), value: bucket });
  return sql`${KNOWN_NAMES} select value as bucket, sum(count) as count from (${parts}) as parts group by value having sum(count) > 0`;
}

/** When the first and the last occurred the index tells, so that it need not be kept. */
function countedNames(dialectName: SqlDialectName, asked: NamesInRange, limit: number): SqlStatement {
  const name = rawSql("known.event");
  const parts = countedParts(dialectName, {
    ...asked,
    parts: partsOf(asked.range),
    value: { ofEvent: name, ofSpan: name },
  });
  const counted = sql`select value, sum(count) as count from (${parts}) as parts group by value having sum(count) > 0 order by sum(count) desc, value limit ${limit}`;
  const ofName = sql`from event where event.event = value${inRange(asked.range)}`;
  return sql`${KNOWN_NAMES} select value, count, (select min(event.occurred) ${ofName}) as first, (select max(event.occurred) ${ofName}) as last from (${counted}) as counted order by count desc, value`;
}

/** A condition on time and name alone. */
interface NamesInRange {
  readonly range: TimeRange;
  readonly named: EventWhere;
}

function namesInRange(where: EventWhere): NamesInRange | undefined {
  const asked = rangeCondition(where, { member: "occurred", others: ["event"] });
  return asked && { range: asked.range ?? ALL_TIME, named: asked.rest };
}

interface CountedParts {
  readonly parts: readonly RangePart[];
  readonly named: EventWhere;
  /** What is counted by, of an event and of a span. */
  readonly value: { readonly ofEvent: SqlFragment; readonly ofSpan: SqlFragment };
}

/** A select of `value` and `count`. */
function countedParts(dialectName: SqlDialectName, { parts, named, value }: CountedParts): SqlFragment {
  if (parts.length === 0)
    return sql`select ${value.ofEvent} as value, 0 as count from known, event where false`;
  const selections = parts.map(({ range, spanSeconds }) =>
    spanSeconds === undefined
      ? sql`select ${value.ofEvent} as value, 1 as count ${ofKnownNames(dialectName, "event", named)}${inRange(range)}`
      : sql`select ${value.ofSpan} as value, event_count.count ${ofKnownNames(dialectName, "event_count", named)} and event_count.span = ${rawSql(String(spanSeconds))}${inSpans(range)}`,
  );
  return joinSql(selections, " union all ");
}

function bucketOf(
  dialectName: SqlDialectName,
  { origin, seconds }: EventBuckets,
  instant: SqlFragment,
): SqlFragment {
  return queryDialect(dialectName).bucketOf(instant, storedTimestamp(origin), seconds);
}

/** Rounded down also before the origin, where whole numbers are divided towards zero. */
function bucketOfSpan({ origin, seconds }: Buckets): SqlFragment {
  const distance = `(event_count.start - ${origin / SECOND})`;
  return rawSql(`(${distance} - ((${distance} % ${seconds}) + ${seconds}) % ${seconds}) / ${seconds}`);
}

function inRange({ from, to }: TimeRange): SqlFragment {
  return sql`${limit("event.occurred >=", from, fromMicroseconds)}${limit("event.occurred <", to, fromMicroseconds)}`;
}

function inSpans({ from, to }: TimeRange): SqlFragment {
  const seconds = (instant: number): number => Math.round(instant / SECOND);
  return sql`${limit("event_count.start >=", from, seconds)}${limit("event_count.start <", to, seconds)}`;
}

function limit(
  comparison: string,
  instant: number,
  write: (instant: number) => string | number,
): SqlFragment {
  return Number.isFinite(instant) ? sql` and ${rawSql(comparison)} ${write(instant)}` : sql``;
}
