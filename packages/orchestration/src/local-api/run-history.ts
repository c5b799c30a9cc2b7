/** Makes the tallies of a store the history that dashboards show. */
import { InvalidRequestError, type RunHistoryQuery, type RunHistorySpan } from "@sluice/protocol";
import type { Condition, MemberOf } from "../conditions.ts";
import type { NounFilters } from "../filters/noun-filters.ts";
import type { RunTally, RunTallyQuery } from "../store.ts";
import { addSeconds, canonicalTimestamp, LONGEST_SPAN_SECONDS, secondsBetween } from "../timestamp.ts";

const MAX_SPANS = 500;

interface HistoryOptions<T> {
  readonly tally: (query: RunTallyQuery<T>) => Promise<RunTally[]>;
  /** Runs that match the filters and were expected to start in the time asked for. */
  readonly where: (filters: NounFilters, from: string, to: string) => RunTallyQuery<T>["where"];
  readonly now: string;
}

/**
 * One span after another from the start to the end, 500 at most.
 * @throws {InvalidRequestError} when a span has no length.
 */
export async function runHistory<T>(
  query: RunHistoryQuery,
  options: HistoryOptions<T>,
): Promise<RunHistorySpan[]> {
  const { work_queues: workPoolQueues, history_interval_seconds: asked, ...rest } = query;
  if (!(asked >= 1 && Number.isFinite(asked))) {
    throw new InvalidRequestError(`A history of spans of ${asked} s is not possible. Use 1 or more.`);
  }
  const seconds = Math.min(asked, LONGEST_SPAN_SECONDS);
  const origin = canonicalTimestamp(query.history_start);
  const end = canonicalTimestamp(query.history_end);
  const count = Math.min(MAX_SPANS, Math.max(0, Math.ceil(secondsBetween(origin, end) / seconds)));
  if (count === 0) return [];
  const filters = { ...rest, work_pool_queues: workPoolQueues };
  const where = options.where(filters, origin, addSeconds(origin, count * seconds));
  const tallies = await options.tally({
    where,
    by: "expected_start_time",
    origin,
    seconds,
    now: options.now,
  });
  return Array.from({ length: count }, (_, index) => ({
    interval_start: addSeconds(origin, index * seconds),
    interval_end: addSeconds(origin, (index + 1) * seconds),
    states: tallies.filter(({ bucket }) => bucket === index).flatMap(toState),
  }));
}

/** Runs that were expected to start from one instant on, up to another. */
export function expectedBetween<T extends { readonly expected_start_time: string | null }>(
  from: string,
  to: string,
): Condition<T>[] {
  const member = "expected_start_time" as MemberOf<T>;
  return [
    { type: "at-least", member, value: from },
    { type: "at-most", member, value: to },
  ];
}

function toState(tally: RunTally): RunHistorySpan["states"] {
  const { stateType, stateName } = tally;
  if (stateType === null || stateName === null) return [];
  return [
    {
      state_type: stateType,
      state_name: stateName,
      count_runs: tally.count,
      sum_estimated_run_time: tally.runTimeSeconds,
      sum_estimated_lateness: tally.latenessSeconds,
    },
  ];
}
