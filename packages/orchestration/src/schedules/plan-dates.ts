/** Which dates of a schedule get a run, and when to look at it again. */
import type { Schedule } from "@sluice/protocol";
import { addSeconds, compareTimestamps } from "../timestamp.ts";
import { nextDates } from "./next-dates.ts";

const MICROSECOND_SECONDS = 1e-6;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** How far ahead runs are made. Prefect's figures. */
export interface PlanBounds {
  /** At least so many dates, */
  readonly minRuns: number;
  /** and until at least so many seconds after the start, */
  readonly minSeconds: number;
  /** but at most so many dates, */
  readonly maxRuns: number;
  /** and none so many seconds after the start. */
  readonly maxSeconds: number;
}

export const DEFAULT_BOUNDS: PlanBounds = {
  minRuns: 3,
  minSeconds: HOUR_SECONDS,
  maxRuns: 100,
  maxSeconds: 100 * DAY_SECONDS,
};

/** The scheduler looks ahead further, so that it need not look at a frequent schedule each time. */
const AHEAD_SECONDS = 600;

/** The fewest dates from an instant on that satisfy the bounds, earliest first. */
export async function planDates(schedule: Schedule, from: string, bounds: PlanBounds): Promise<string[]> {
  const end = addSeconds(from, bounds.maxSeconds);
  const horizon = addSeconds(from, Math.min(bounds.minSeconds, bounds.maxSeconds));
  const dates = await nextDates(schedule, { from, until: horizon, count: bounds.maxRuns });
  const last = dates.at(-1);
  const isFarEnough = last !== undefined && compareTimestamps(last, horizon) >= 0;
  const missing = Math.max(bounds.minRuns - dates.length, isFarEnough ? 0 : 1);
  const count = Math.min(missing, bounds.maxRuns - dates.length);
  if (count <= 0) return dates;
  const after = addSeconds(isFarEnough ? last : horizon, MICROSECOND_SECONDS);
  return [...dates, ...(await nextDates(schedule, { from: after, until: end, count }))];
}

/** What the scheduler makes of a schedule. */
export interface SchedulePlan {
  readonly dates: readonly string[];
  /** When there will be too few runs ahead. */
  readonly lookAgainAt: string;
}

/** The dates after now that shall have a run; of a schedule that allows `maxRuns` only, no more than these. */
export async function planSchedule(
  schedule: Schedule,
  now: string,
  maxRuns: number | null,
): Promise<SchedulePlan> {
  const bounds = {
    ...DEFAULT_BOUNDS,
    minSeconds: DEFAULT_BOUNDS.minSeconds + AHEAD_SECONDS,
    maxRuns: Math.min(DEFAULT_BOUNDS.maxRuns, maxRuns ?? DEFAULT_BOUNDS.maxRuns),
  };
  // A schedule that is anchored now is due after its interval, not at once.
  const dates = await planDates(schedule, addSeconds(now, MICROSECOND_SECONDS), bounds);
  return { dates, lookAgainAt: lookAgainAt(dates, now, bounds.maxRuns) };
}

function lookAgainAt(dates: readonly string[], now: string, maxRuns: number): string {
  const [first] = dates;
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return addSeconds(now, DAY_SECONDS);
  if (dates.length >= maxRuns) return dates[Math.floor(dates.length / 5)] ?? first;
  return dates.length <= DEFAULT_BOUNDS.minRuns ? first : addSeconds(last, -HOUR_SECONDS);
}
