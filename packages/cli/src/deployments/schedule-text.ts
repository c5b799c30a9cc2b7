/** Schedules as people see them. */
import type { DeploymentSchedule, Schedule } from "@sluice/protocol";
import { durationText } from "../output/time-text.ts";

const DAY_SECONDS = 86_400;

/** `0 6 * * * (Europe/Paris)`, `every 15 min`, `RRULE:…`; one that makes no runs says so. */
export function scheduleText({ schedule, active }: DeploymentSchedule): string {
  const zone = schedule.timezone === null || schedule.timezone === "UTC" ? "" : ` (${schedule.timezone})`;
  return `${ruleText(schedule)}${zone}${active ? "" : " [paused]"}`;
}

function ruleText(schedule: Schedule): string {
  if ("cron" in schedule) return schedule.day_or ? schedule.cron : `${schedule.cron} (day and weekday)`;
  if ("rrule" in schedule) return schedule.rrule.replaceAll("\n", " ");
  return `every ${intervalText(schedule.interval)}`;
}

/** Without the minutes and seconds that are none. */
function intervalText(seconds: number): string {
  if (seconds % DAY_SECONDS === 0) return `${seconds / DAY_SECONDS} d`;
  return durationText(seconds)
    .replace(/ 0 (min|s)$/, "")
    .replace(".0 s", " s");
}
