/** What `sluice deployment run` asks of the run it makes. */
import type { DeploymentFlowRunCreate } from "@sluice/protocol";
import { type Command, Option } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { addAssignment, collect } from "../options/collect-option.ts";
import { parseDuration } from "../options/duration-option.ts";
import { parseInstant } from "../options/instant-option.ts";
import { deploymentParameters, jsonOrText } from "../running/given-parameters.ts";
import { addParameterOptions, givenParameters, type ParameterOptions } from "../running/parameter-options.ts";
import type { NamedDeployment } from "./find-deployment.ts";

export interface RunOptions extends JsonOptions, ParameterOptions {
  readonly name?: string;
  readonly tag?: readonly string[];
  /** Seconds. */
  readonly startIn?: number;
  readonly startAt?: string;
  readonly jobVariable?: ReadonlyMap<string, string>;
  readonly workQueue?: string;
  readonly idempotencyKey?: string;
  readonly watch?: true;
  /** Seconds. */
  readonly timeout?: number;
}

/** Adds them to a command. */
export function addRunOptions(command: Command): Command {
  return addParameterOptions(command)
    .option("--name <name>", "name of the run; default: an adjective and an animal")
    .option("-t, --tag <tag>", "a tag beside those of the deployment; repeatable", collect)
    .option("--start-in <time>", "start after so long, such as 15m or 1h30m", parseDuration)
    .addOption(
      new Option("--start-at <instant>", "start then, such as 2026-03-29T06:00 or 2026-03-29T06:00:00Z")
        .argParser(parseInstant)
        .conflicts("startIn"),
    )
    .option(
      "--job-variable <key=value>",
      "a variable of the work pool's job for this run; repeatable",
      addAssignment,
    )
    .option("--work-queue <name>", "another queue of the deployment's pool")
    .option("--idempotency-key <key>", "give the run that has this key, if there is one")
    .option("--watch", "wait until the run has ended, and show how it gets on")
    .option("--timeout <time>", "with --watch: give up after so long; the run goes on", parseDuration)
    .option("--json", "print the run as JSON");
}

/** The request. @throws {InvalidParametersError} when parameters are missing or the flow does not have them. */
export function runRequest(
  deployment: NamedDeployment,
  options: RunOptions,
  now: Date,
): DeploymentFlowRunCreate {
  const { startIn, startAt, jobVariable } = options;
  const scheduled =
    startAt ?? (startIn === undefined ? undefined : new Date(now.getTime() + startIn * 1000).toISOString());
  return {
    state: { type: "SCHEDULED", state_details: scheduled === undefined ? {} : { scheduled_time: scheduled } },
    parameters: deploymentParameters(deployment, givenParameters(options)),
    name: options.name,
    tags: options.tag === undefined ? undefined : [...options.tag],
    work_queue_name: options.workQueue,
    idempotency_key: options.idempotencyKey,
    job_variables:
      jobVariable === undefined
        ? undefined
        : Object.fromEntries([...jobVariable].map(([name, text]) => [name, jsonOrText(text)])),
  };
}
