/** Makes what clients write into schedules that are kept. */
import type { Schedule, ScheduleCreate } from "@sluice/protocol";
import { canonicalTimestamp } from "../timestamp.ts";
import { nextDates } from "./next-dates.ts";
import { withStart } from "./rrule-text.ts";

/**
 * The schedule with all members, whose dates no longer depend on when it was written.
 * @throws {InvalidRequestError} when it cannot be followed.
 */
export async function completeSchedule(schedule: ScheduleCreate, now: string): Promise<Schedule> {
  const complete = withDefaults(schedule, now);
  await nextDates(complete, { from: now });
  return complete;
}

function withDefaults(schedule: ScheduleCreate, now: string): Schedule {
  if ("cron" in schedule) {
    return { cron: schedule.cron, timezone: schedule.timezone ?? null, day_or: schedule.day_or ?? true };
  }
  if ("rrule" in schedule) {
    return { rrule: withStart(schedule.rrule), timezone: schedule.timezone ?? "UTC" };
  }
  return {
    interval: schedule.interval,
    anchor_date: canonicalTimestamp(schedule.anchor_date ?? now),
    timezone: schedule.timezone ?? "UTC",
  };
}
