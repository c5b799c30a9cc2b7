/** When a deployment runs by itself: cron, interval and rrule schedules. */
import type { DeploymentScheduleCreate, ScheduleCreate } from "@sluice/protocol";
import { type Duration, isDuration, secondsOf } from "../tasks/duration.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import {
  booleanCheck,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  positiveCountCheck,
  textCheck,
} from "../tasks/option-checks.ts";

export interface ScheduleOptions<P = Readonly<Record<string, unknown>>> {
  /** A name of the IANA database such as `Europe/Paris`, whose wall clock is kept. Default: UTC. */
  readonly timezone?: string | undefined;
  /** Default true; one that is not active makes no runs. */
  readonly active?: boolean | undefined;
  /** Over those of the deployment, in the runs of this schedule. */
  readonly parameters?: P | undefined;
  /** Names the schedule within its deployment. */
  readonly slug?: string | undefined;
  /** How many runs are made ahead at most; default 100. */
  readonly maxScheduledRuns?: number | undefined;
}

export interface CronOptions<P = Readonly<Record<string, unknown>>> extends ScheduleOptions<P> {
  /** When both the day and the weekday are restricted: whether either is enough (default), or both have to match. */
  readonly dayOr?: boolean | undefined;
}

export interface IntervalOptions<P = Readonly<Record<string, unknown>>> extends ScheduleOptions<P> {
  /** A date of the schedule; all others are whole intervals from it. Default: when it is deployed. */
  readonly anchor?: Date | undefined;
}

/** A schedule that `cron`, `interval` or `rrule` made, with the parameters of its runs. */
export interface Schedule<P = Readonly<Record<string, unknown>>> {
  readonly when: ScheduleCreate;
  readonly options: ScheduleOptions<P>;
}

/**
 * `cron("0 6 * * mon-fri", { timezone: "Europe/Paris" })`: five fields, then a second and a year if wanted, or `@daily`.
 * What the expression says is checked when it is deployed.
 *
 * @throws {InvalidOptionError} when the text is empty or an option cannot work.
 */
export function cron<P = Readonly<Record<string, unknown>>>(
  expression: string,
  options: CronOptions<P> = {},
): Schedule<P> {
  requireText("cron", expression, "0 6 * * *");
  const { dayOr, ...rest } = options;
  checkOptions(`cron("${expression}")`, options, { ...SCHEDULE_CHECKS, dayOr: booleanCheck });
  const when = { cron: expression, timezone: rest.timezone ?? null, day_or: dayOr ?? true };
  return { when, options: rest };
}

/**
 * `interval({ hours: 1 })`, or a number of seconds. From a day on the wall clock of the time zone is kept; below, real
 * time is counted.
 *
 * @throws {InvalidOptionError} when the span is not longer than nothing or an option cannot work.
 */
export function interval<P = Readonly<Record<string, unknown>>>(
  every: Duration | number,
  options: IntervalOptions<P> = {},
): Schedule<P> {
  const seconds = isDuration(every) ? secondsOf(every) : every;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0) {
    throw new InvalidOptionError(
      `interval(${JSON.stringify(every)}) needs a span longer than nothing: seconds, or { days, hours, minutes, seconds }.`,
    );
  }
  const { anchor, ...rest } = options;
  checkOptions(`interval(${JSON.stringify(every)})`, options, { ...SCHEDULE_CHECKS, anchor: dateCheck });
  const when = {
    interval: seconds,
    timezone: rest.timezone ?? null,
    ...(anchor !== undefined && { anchor_date: anchor.toISOString() }),
  };
  return { when, options: rest };
}

/**
 * `rrule("FREQ=MONTHLY;BYDAY=-1FR")`: lines of RFC 5545 (DTSTART, RRULE, EXRULE, RDATE, EXDATE). What they say is
 * checked when they are deployed.
 *
 * @throws {InvalidOptionError} when the text is empty or an option cannot work.
 */
export function rrule<P = Readonly<Record<string, unknown>>>(
  text: string,
  options: ScheduleOptions<P> = {},
): Schedule<P> {
  requireText("rrule", text, "FREQ=DAILY");
  checkOptions("rrule(…)", options, SCHEDULE_CHECKS);
  return { when: { rrule: text, timezone: options.timezone ?? null }, options };
}

/** Whether a value is what `cron`, `interval` or `rrule` give. */
export function isSchedule(value: unknown): value is Schedule {
  return typeof value === "object" && value !== null && "when" in value && "options" in value;
}

/**
 * The schedules as they are sent, after all have been found to be ones that can be followed.
 *
 * @throws {InvalidOptionError} that says which schedule of what, and why not.
 */
export async function wireSchedules(
  what: string,
  schedules: readonly Schedule[],
): Promise<DeploymentScheduleCreate[]> {
  if (schedules.length === 0) return [];
  // Loaded here alone: a program that deploys nothing has no use for schedules.
  const { completeSchedule } = await import("@sluice/orchestration");
  const now = new Date().toISOString();
  for (const { when } of schedules) {
    await completeSchedule(when, now).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InvalidOptionError(`${what}: ${reason}`);
    });
  }
  const slugs = schedules.flatMap(({ options }) => options.slug ?? []);
  const twice = slugs.find((slug, index) => slugs.indexOf(slug) !== index);
  if (twice !== undefined) {
    throw new InvalidOptionError(`${what}: two schedules have the slug "${twice}". Give each its own.`);
  }
  return schedules.map(wireSchedule);
}

function wireSchedule({ when, options }: Schedule): DeploymentScheduleCreate {
  const { active, parameters, slug, maxScheduledRuns } = options;
  return {
    schedule: when,
    active: active ?? true,
    parameters: { ...parameters },
    ...(slug !== undefined && { slug }),
    ...(maxScheduledRuns !== undefined && { max_scheduled_runs: maxScheduledRuns }),
  };
}

function requireText(name: string, text: unknown, example: string): void {
  if (typeof text === "string" && text.trim() !== "") return;
  throw new InvalidOptionError(`${name}(…) needs a text such as "${example}".`);
}

const dateCheck: OptionCheck = {
  mustBe: "a Date",
  accepts: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};

const timezoneCheck: OptionCheck = {
  mustBe: "a time zone of the IANA database, such as Europe/Paris",
  accepts: (value) => typeof value === "string" && isTimezone(value),
};

const SCHEDULE_CHECKS: OptionChecks = {
  timezone: timezoneCheck,
  active: booleanCheck,
  parameters: {
    mustBe: "an object of parameters",
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
  slug: textCheck,
  maxScheduledRuns: positiveCountCheck,
};

function isTimezone(name: string): boolean {
  try {
    return /^[a-z]/iu.test(name) && new Intl.DateTimeFormat("en-US", { timeZone: name }) !== undefined;
  } catch {
    // The platform throws at a name that it does not know.
    return false;
  }
}
