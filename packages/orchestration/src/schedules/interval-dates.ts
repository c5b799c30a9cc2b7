/** The dates of schedules that recur after an interval. */
import type { IntervalSchedule } from "@sluice/protocol";
import { toMicroseconds } from "../timestamp.ts";
import { timeZone } from "./time-zone.ts";

const DAY = 86_400_000_000;

/**
 * The dates from an instant on, without end, in microseconds. Every date is counted from the anchor, so it does not
 * matter when one asks: below a day in real time, from a day on by the wall clock.
 */
export function* intervalDates(schedule: IntervalSchedule, from: number): Generator<number> {
  const interval = Math.max(1, Math.round(schedule.interval * 1_000_000));
  const anchor = toMicroseconds(schedule.anchor_date);
  if (interval < DAY) {
    const first = anchor + Math.ceil((from - anchor) / interval) * interval;
    for (let n = 0; ; n += 1) yield first + n * interval;
  }
  const zone = timeZone(schedule.timezone);
  const wallAnchor = zone.wallClock(anchor);
  const first = Math.floor((zone.wallClock(from) - wallAnchor) / interval);
  for (let n = first; ; n += 1) yield zone.instant(wallAnchor + n * interval);
}
