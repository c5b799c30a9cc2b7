/** The options by which a deployment is written, over what the file says. */
import { cron, interval, rrule, type Schedule } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { type Command, Option } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { addAssignment, collect } from "../options/collect-option.ts";
import { parseDuration } from "../options/duration-option.ts";
import { parseInstant } from "../options/instant-option.ts";
import { addParameterOptions, type ParameterOptions } from "../running/parameter-options.ts";

export interface DeployOptions extends JsonOptions, ParameterOptions {
  readonly file?: string;
  /** Names of deployments, with `*` for any characters. */
  readonly name?: readonly string[];
  readonly all?: true;
  readonly pool?: string;
  readonly workQueue?: string;
  readonly cron?: string;
  /** Seconds. */
  readonly interval?: number;
  readonly anchor?: string;
  readonly rrule?: string;
  readonly timezone?: string;
  readonly jobVariable?: ReadonlyMap<string, string>;
  readonly tag?: readonly string[];
  readonly description?: string;
  readonly flowVersion?: string;
  readonly concurrencyLimit?: number;
  readonly collisionStrategy?: "ENQUEUE" | "CANCEL_NEW";
  readonly paused?: boolean;
  readonly prompt: boolean;
}

/** Adds them to a command. */
export function addDeployOptions(command: Command): Command {
  return addParameterOptions(command)
    .option(
      "-n, --name <name>",
      "deployments of the file to deploy, * for any characters; or the name of a new one; repeatable",
      collect,
    )
    .option("--all", "all deployments of the file")
    .option("--file <path>", "instead of sluice.yaml or prefect.yaml here")
    .option("--pool <name>", "work pool")
    .option("-q, --work-queue <name>", "queue of the work pool; made if there is none")
    .addOption(
      new Option("--cron <expression>", 'such as "0 6 * * mon-fri" or @daily').conflicts([
        "interval",
        "rrule",
      ]),
    )
    .addOption(
      new Option("--interval <time>", "every so often, such as 15m, 1h30m or 1d")
        .argParser(parseDuration)
        .conflicts("rrule"),
    )
    .option("--anchor <instant>", "with --interval: a date of the schedule; default: now", parseInstant)
    .option("--rrule <rule>", "a rule of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR")
    .option("--timezone <name>", "IANA time zone of the schedule, such as Europe/Paris; default: UTC")
    .option("--job-variable <key=value>", "a variable of the work pool's job; repeatable", addAssignment)
    .option("-t, --tag <tag>", "a tag of its runs; repeatable", collect)
    .option("--description <text>", "default: that of the flow")
    .option("--flow-version <version>", "default: that of the flow")
    .option("--concurrency-limit <count>", "how many runs may run at once", parseCount)
    .addOption(
      new Option("--collision-strategy <strategy>", "what a run does when the limit is reached").choices([
        "ENQUEUE",
        "CANCEL_NEW",
      ]),
    )
    .option("--paused", "its schedules make no runs")
    .option("--no-paused", "its schedules make runs; default: as it is")
    .option("--no-prompt", "ask nothing, also on a terminal")
    .option("--json", "print JSON");
}

/** The schedule that the options say; `undefined` when they say none. */
export function givenSchedule(options: DeployOptions): Schedule | undefined {
  const { timezone, anchor } = options;
  if (anchor !== undefined && options.interval === undefined) {
    throw new InvalidRequestError("--anchor is for --interval. Leave it out, or give --interval.");
  }
  if (options.cron !== undefined) return cron(options.cron, { timezone });
  if (options.interval !== undefined) {
    return interval(options.interval, {
      timezone,
      anchor: anchor === undefined ? undefined : new Date(anchor),
    });
  }
  if (options.rrule !== undefined) return rrule(options.rrule, { timezone });
  if (timezone === undefined) return undefined;
  throw new InvalidRequestError("--timezone is for a schedule. Give --cron, --interval or --rrule.");
}
