/** The options by which a schedule is written. */
import type { DeploymentScheduleCreate, ScheduleCreate } from "@sluice/protocol";
import { InvalidRequestError } from "@sluice/protocol";
import { type Command, Option } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { parseDuration } from "../options/duration-option.ts";
import { parseInstant } from "../options/instant-option.ts";
import { deploymentParameters } from "../running/given-parameters.ts";
import { addParameterOptions, givenParameters, type ParameterOptions } from "../running/parameter-options.ts";
import type { NamedDeployment } from "./find-deployment.ts";

export interface ScheduleOptions extends JsonOptions, ParameterOptions {
  readonly cron?: string;
  /** False: day and weekday both have to match. */
  readonly dayOr: boolean;
  /** Seconds. */
  readonly interval?: number;
  readonly anchor?: string;
  readonly rrule?: string;
  readonly timezone?: string;
  readonly slug?: string;
  readonly maxRuns?: number;
  /** False: it makes no runs yet. */
  readonly active: boolean;
}

/** Adds them to a command. */
export function addScheduleOptions(command: Command): Command {
  return addParameterOptions(
    command
      .addOption(
        new Option("--cron <expression>", 'such as "0 6 * * mon-fri" or @daily').conflicts([
          "interval",
          "rrule",
        ]),
      )
      .option("--no-day-or", "with --cron: day and weekday both have to match, not either")
      .addOption(
        new Option("--interval <time>", "every so often, such as 15m, 1h30m or 1d")
          .argParser(parseDuration)
          .conflicts("rrule"),
      )
      .option("--anchor <instant>", "with --interval: a date of the schedule; default: now", parseInstant)
      .option("--rrule <rule>", "a rule of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0")
      .option("--timezone <name>", "IANA time zone, such as Europe/Paris; default: UTC")
      .option("--slug <name>", "a name of the schedule within its deployment")
      .option("--max-runs <count>", "make at most so many runs ahead, up to 100", parseCount)
      .option("--no-active", "make no runs until it is resumed"),
  );
}

/** The schedule. @throws {InvalidRequestError} when the options say none. */
export function scheduleRequest(
  deployment: NamedDeployment,
  options: ScheduleOptions,
): DeploymentScheduleCreate {
  const { active, slug, maxRuns, param, params } = options;
  const hasParameters = param !== undefined || params !== undefined;
  return {
    schedule: scheduleOf(options),
    active,
    slug,
    max_scheduled_runs: maxRuns,
    ...(hasParameters && { parameters: deploymentParameters(deployment, givenParameters(options)) }),
  };
}

function scheduleOf(options: ScheduleOptions): ScheduleCreate {
  const { cron, dayOr, interval, anchor, rrule, timezone } = options;
  if (anchor !== undefined && interval === undefined) {
    throw new InvalidRequestError("--anchor is for --interval. Leave it out, or give --interval.");
  }
  if (!dayOr && cron === undefined) {
    throw new InvalidRequestError("--no-day-or is for --cron. Leave it out, or give --cron.");
  }
  if (cron !== undefined) return { cron, timezone, day_or: dayOr };
  if (interval !== undefined) return { interval, anchor_date: anchor, timezone };
  if (rrule !== undefined) return { rrule, timezone };
  throw new InvalidRequestError("Give one of --cron, --interval and --rrule.");
}
