/** When the schedules of a deployment are due: the dates that a server makes runs for, reckoned by the same code. */
import { nextDates } from "@sluice/orchestration";
import type { DeploymentSchedule } from "@sluice/protocol";
import type { JsonOptions } from "../global-options.ts";
import type { HistoryContext } from "../history/with-history.ts";
import { fullName, type NamedDeployment } from "./find-deployment.ts";
import { scheduleText } from "./schedule-text.ts";

export interface PreviewOptions extends JsonOptions {
  readonly count: number;
  /** Default: now. */
  readonly from?: string;
  readonly until?: string;
}

/** A date of a schedule. */
interface PreviewedRun {
  readonly schedule_id: string;
  readonly slug: string | null;
  readonly scheduled_time: string;
  readonly timezone: string;
}

/** Writes the next dates, earliest first; those of paused schedules are shown only if it is the one asked for. */
export async function previewSchedules(
  deployment: NamedDeployment,
  chosen: readonly DeploymentSchedule[],
  options: PreviewOptions,
  { printer, terminal }: HistoryContext,
): Promise<void> {
  const runs = await previewedRuns(chosen, options);
  if (options.json) {
    printer.json(runs);
    return;
  }
  const isTerminal = terminal.stdout.isTTY === true;
  const texts = new Map(chosen.map((schedule) => [schedule.id, schedule.slug ?? scheduleText(schedule)]));
  printer.table({
    columns: ["DUE", "UTC", "SCHEDULE"],
    rows: runs.map((run) => [
      wallClock(run),
      isTerminal ? run.scheduled_time.slice(0, 16).replace("T", " ") : run.scheduled_time,
      texts.get(run.schedule_id) ?? "",
    ]),
  });
  if (runs.length === 0) printer.hint("There are no dates in that time.");
  if (deployment.paused) {
    printer.warn(`${fullName(deployment)} is paused: its schedules make no runs until it is resumed.`);
  }
  for (const { active, id } of chosen) {
    if (!active)
      printer.warn(`The schedule ${texts.get(id)} is paused and makes no runs until it is resumed.`);
  }
}

async function previewedRuns(
  schedules: readonly DeploymentSchedule[],
  { count, from = new Date().toISOString(), until }: PreviewOptions,
): Promise<readonly PreviewedRun[]> {
  const each = await Promise.all(
    schedules.map(async ({ id, slug, schedule }) =>
      (await nextDates(schedule, { from, until, count })).map((date) => ({
        schedule_id: id,
        slug,
        scheduled_time: date,
        timezone: schedule.timezone ?? "UTC",
      })),
    ),
  );
  return each
    .flat()
    .toSorted((a, b) => (a.scheduled_time < b.scheduled_time ? -1 : 1))
    .slice(0, count);
}

/** `2026-03-29 03:30:00 GMT+2`, as the clock of the schedule's zone shows it. */
function wallClock({ scheduled_time: instant, timezone }: PreviewedRun): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    weekday: "short",
    timeZoneName: "shortOffset",
  }).formatToParts(new Date(instant));
  const of = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? "";
  const date = `${of("year")}-${of("month")}-${of("day")}`;
  return `${of("weekday")} ${date} ${of("hour")}:${of("minute")}:${of("second")} ${of("timeZoneName")}`;
}
