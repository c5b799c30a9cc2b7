/** When a schedule is due. */
import type { Schedule } from "@sluice/protocol";
import { fromMicroseconds, toMicroseconds } from "../timestamp.ts";
import { openCron } from "./cron-dates.ts";
import { intervalDates } from "./interval-dates.ts";
import { openRRule } from "./rrule-dates.ts";
import { timeZone } from "./time-zone.ts";

/** The end of the year 9999, after which instants have another form; in microseconds. */
const END_OF_TIME = Date.UTC(9999, 11, 31) * 1000;
/** What one call gives at most. */
const MAX_DATES = 1000;

/** Which dates are asked for. Instants are ISO 8601; both ends belong to the range. */
export interface DateRange {
  readonly from: string;
  readonly until?: string | undefined;
  /** At most so many; default: 1 without `until`, otherwise 1,000, which is also the most. */
  readonly count?: number | undefined;
}

/**
 * The dates of a schedule in canonical text, earliest first, each once.
 * @throws {InvalidRequestError} when the schedule cannot be followed; it names the field and the remedy.
 */
export async function nextDates(schedule: Schedule, range: DateRange): Promise<string[]> {
  const datesFrom = await openSchedule(schedule);
  const from = toMicroseconds(range.from);
  const until = Math.min(END_OF_TIME, range.until === undefined ? END_OF_TIME : toMicroseconds(range.until));
  const count = Math.min(range.count ?? (range.until === undefined ? 1 : MAX_DATES), MAX_DATES);
  const dates = new Set<number>();
  if (count === 0 || from > until) return [];
  for (const date of datesFrom(from)) {
    if (date > until) break;
    // In the second of two equal hours, the wall clock gives dates of the first.
    if (date >= from) dates.add(date);
    if (dates.size >= count) break;
  }
  // Where the clock is put forward, skipped times come after later ones.
  return [...dates].toSorted((a, b) => a - b).map(fromMicroseconds);
}

async function openSchedule(schedule: Schedule): Promise<(from: number) => Iterable<number>> {
  if ("cron" in schedule) return openCron(schedule);
  if ("rrule" in schedule) return openRRule(schedule);
  timeZone(schedule.timezone);
  return (from) => intervalDates(schedule, from);
}
