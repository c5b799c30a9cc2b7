/** Buckets of time that events are counted in: as long as each other, since a Monday before the first event there can be. */
import {
  type EventCount,
  type EventCountQuery,
  type EventFilter,
  InvalidRequestError,
} from "@sluice/protocol";
import { addSeconds, compareTimestamps, LONGEST_SPAN_SECONDS, secondsBetween } from "../timestamp.ts";

/** As Prefect counts, so that bars of both are the same. */
const ORIGIN = "2024-04-01T00:00:00.000000Z";
const MAX_BUCKETS = 1000;
const DAY_SECONDS = 86_400;
const DEFAULT_DAYS = 180;
const MICROSECOND_SECONDS = 1e-6;

const UNIT_SECONDS = { second: 1, minute: 60, hour: 3600, day: DAY_SECONDS, week: 7 * DAY_SECONDS } as const;

/** How long buckets are, and which are asked for. */
export interface BucketRange {
  readonly origin: string;
  readonly seconds: number;
  /** Index of the first, counted from the origin. */
  readonly first: number;
  readonly count: number;
}

/** The time that a filter spans: by default the last 180 days. */
export function spanOf(filter: EventFilter, now: string): { readonly since: string; readonly until: string } {
  const startOfDay = `${now.slice(0, 10)}T00:00:00.000000Z`;
  return {
    since: filter.occurred?.since ?? addSeconds(startOfDay, -DEFAULT_DAYS * DAY_SECONDS),
    until: filter.occurred?.until ?? now,
  };
}

/** @throws {InvalidRequestError} when there would be more than 1,000. */
export function bucketRange(query: EventCountQuery, now: string): BucketRange {
  const seconds = Math.min(
    UNIT_SECONDS[query.time_unit ?? "day"] * (query.time_interval ?? 1),
    LONGEST_SPAN_SECONDS,
  );
  const { since, until } = spanOf(query.filter, now);
  // Nothing has occurred after now, but for what clocks that are ahead say.
  const isAhead = compareTimestamps(until, addSeconds(now, seconds)) > 0;
  const end = secondsBetween(ORIGIN, isAhead ? addSeconds(now, seconds) : until);
  const first = Math.floor(secondsBetween(ORIGIN, since) / seconds);
  const count = Math.max(0, Math.ceil(end / seconds) - first);
  if (count > MAX_BUCKETS) {
    throw new InvalidRequestError(
      `The time from ${since} to ${until} has ${count} buckets of ${seconds} seconds. Ask for at most ${MAX_BUCKETS}: for less time, or longer buckets.`,
    );
  }
  return { origin: ORIGIN, seconds, first, count };
}

/** Every bucket of the range with its count. */
export function bucketCounts(range: BucketRange, counts: ReadonlyMap<number, number>): EventCount[] {
  return Array.from({ length: range.count }, (_, index) => {
    const bucket = range.first + index;
    const start = addSeconds(range.origin, bucket * range.seconds);
    return {
      value: String(index),
      label: start,
      count: counts.get(bucket) ?? 0,
      start_time: start,
      end_time: addSeconds(range.origin, (bucket + 1) * range.seconds - MICROSECOND_SECONDS),
    };
  });
}
