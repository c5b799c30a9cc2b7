/** The dates of cron schedules. */
import type { CronSchedule } from "@sluice/protocol";
import { cronPattern } from "./cron-pattern.ts";
import { timeZone } from "./time-zone.ts";

const SECOND = 1_000_000;

/**
 * Gives the dates from an instant on, in microseconds, as far as there are any. The expression is followed on the wall
 * clock: a time that comes twice in autumn is run the first time only.
 */
export async function openCron(schedule: CronSchedule): Promise<(from: number) => Generator<number>> {
  const zone = timeZone(schedule.timezone);
  const pattern = cronPattern(schedule.cron);
  const { Cron } = await import("croner");
  // croner works on the wall clock, as if that were UTC.
  const cron = new Cron(pattern, { timezone: "UTC", mode: "7-part", domAndDow: !schedule.day_or });
  return function* dates(from) {
    const firstSecond = Math.ceil(zone.wallClock(from) / SECOND);
    let wallClock = cron.nextRun(new Date((firstSecond - 1) * 1000));
    while (wallClock !== null) {
      yield zone.instant(wallClock.getTime() * 1000);
      wallClock = cron.nextRun(wallClock);
    }
  };
}
