/** From what is written and what the command line says to a deployment of a flow. */
import { relative, resolve, sep } from "node:path";
import {
  cron,
  type DeploymentConcurrency,
  type DeploymentOptions,
  type DeploymentStep,
  type FlowDeployment,
  interval,
  type LoadedFlow,
  loadFlow,
  rrule,
  type Schedule,
} from "@sluice/core";
import { fillTemplates, preparedSteps } from "@sluice/core/steps";
import type { OrchestrationApi } from "@sluice/protocol";
import { InvalidRequestError } from "@sluice/protocol";
import { jsonOrText, someParametersOf } from "../running/given-parameters.ts";
import { givenParameters } from "../running/parameter-options.ts";
import { type DeployOptions, givenSchedule } from "./deploy-options.ts";
import type { ProjectFile, WrittenSchedule } from "./project-file.ts";
import type { ProjectSteps } from "./project-steps.ts";
import type { SelectedDeployment } from "./select-deployments.ts";

export interface Planning {
  readonly api: OrchestrationApi;
  readonly directory: string;
  readonly file: ProjectFile | undefined;
  readonly options: DeployOptions;
  readonly steps: ProjectSteps;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Loads the flow, runs the build and push steps, and fills the templates: what then is left to do is to send it.
 *
 * @throws {SluiceError} that says what is wrong: the flow does not load, a step fails, a template stands for nothing.
 */
export async function planDeployment(
  selected: SelectedDeployment,
  planning: Planning,
): Promise<FlowDeployment> {
  const { api, directory, file, steps, env } = planning;
  refusePython(selected);
  const loaded = await loadFlow(resolve(directory, selected.entrypoint));
  const built = await steps.run(selected.build ?? file?.build, new Map());
  const outputs = await steps.run(selected.push ?? file?.push, built);
  const sources = { api, env, outputs };
  const where = `deployment ${selected.name}`;
  // Secrets stay where they are until the flow runs.
  const leaves = (expression: string): boolean => /^(?:prefect|sluice)\.blocks\./u.test(expression);
  const { build: _build, push: _push, pull, ...written } = selected;
  const filled = (await fillTemplates(written, sources, { where, leaves })) as typeof written;
  const pullSteps = await preparedSteps(pull ?? file?.pull ?? [], sources);
  return {
    flow: loaded.flow,
    options: {
      ...deploymentOptions(filled, loaded, planning.options),
      ...codeOptions(loaded, directory, pullSteps),
    },
  };
}

/** Only Python can say what its flows take. */
function refusePython({ name, entrypoint }: SelectedDeployment): void {
  if (!/\.py(?::|$)/u.test(entrypoint)) return;
  throw new InvalidRequestError(
    `The deployment ${name} is of a flow in Python, ${entrypoint}. Deploy it with "prefect deploy" and PREFECT_API_URL set to this server; Sluice's workers run it.`,
  );
}

/** Where the code is: in the project, or where the pull steps bring it, at the same place below. */
function codeOptions(
  loaded: LoadedFlow,
  directory: string,
  pullSteps: readonly DeploymentStep[],
): Pick<DeploymentOptions, "entrypoint" | "path" | "pullSteps"> {
  const entrypoint = relative(directory, loaded.entrypoint).split(sep).join("/");
  if (entrypoint.startsWith("..")) {
    throw new InvalidRequestError(
      `The flow ${loaded.entrypoint} is not below ${directory}, where the deployment is made. Deploy it from the directory of its project.`,
    );
  }
  return pullSteps.length === 0 ? { entrypoint, path: directory } : { entrypoint, pullSteps };
}

function deploymentOptions(
  written: Omit<SelectedDeployment, "build" | "push" | "pull">,
  { flow }: LoadedFlow,
  options: DeployOptions,
): DeploymentOptions {
  const { work_pool: pool, tags } = written;
  const schedule = givenSchedule(options);
  return {
    name: written.name,
    workPool: options.pool ?? pool?.name,
    workQueue: options.workQueue ?? pool?.work_queue_name,
    schedules: schedule === undefined ? writtenSchedules(written) : [schedule],
    paused: options.paused ?? written.paused ?? undefined,
    parameters: {
      ...someParametersOf(flow, { texts: new Map(), object: written.parameters ?? {} }),
      ...someParametersOf(flow, givenParameters(options)),
    },
    enforceParameterSchema: written.enforce_parameter_schema ?? true,
    description: options.description ?? written.description,
    tags: options.tag ?? tags ?? [],
    version: options.flowVersion ?? written.version,
    concurrencyLimit: limitOf(written, options),
    jobVariables: jobVariablesOf(written, options),
  };
}

function jobVariablesOf(
  { work_pool: pool }: Pick<SelectedDeployment, "work_pool">,
  { jobVariable = new Map() }: DeployOptions,
): Record<string, unknown> {
  const given = [...jobVariable].map(([name, text]) => [name, jsonOrText(text)]);
  return { ...pool?.job_variables, ...Object.fromEntries(given) };
}

function limitOf(
  { concurrency_limit: written }: Pick<SelectedDeployment, "concurrency_limit">,
  { concurrencyLimit, collisionStrategy }: DeployOptions,
): DeploymentConcurrency | undefined {
  const { limit, ...more } = typeof written === "object" && written !== null ? written : { limit: written };
  const count = concurrencyLimit ?? limit ?? undefined;
  if (count === undefined) {
    if (collisionStrategy === undefined) return undefined;
    throw new InvalidRequestError("--collision-strategy is for --concurrency-limit. Give both.");
  }
  const { collision_strategy: strategy, grace_period_seconds: grace } = {
    collision_strategy: undefined,
    grace_period_seconds: undefined,
    ...more,
  };
  return {
    limit: count,
    collisionStrategy: collisionStrategy ?? strategy ?? undefined,
    gracePeriodSeconds: grace ?? undefined,
  };
}

function writtenSchedules({
  schedule,
  schedules,
}: Pick<SelectedDeployment, "schedule" | "schedules">): Schedule[] {
  const all = [...(schedules ?? []), ...(schedule == null ? [] : [schedule])];
  return all.map(writtenSchedule);
}

function writtenSchedule(written: WrittenSchedule): Schedule {
  const { timezone, active, slug, parameters, max_scheduled_runs: maxScheduledRuns } = written;
  const options = {
    timezone,
    slug,
    active: active ?? undefined,
    parameters: parameters ?? undefined,
    maxScheduledRuns: maxScheduledRuns ?? undefined,
  };
  if ("cron" in written) return cron(written.cron, { ...options, dayOr: written.day_or ?? true });
  if ("rrule" in written) return rrule(written.rrule, options);
  const { anchor_date: anchor } = written;
  return interval(written.interval, {
    ...options,
    anchor: anchor === undefined ? undefined : new Date(anchor),
  });
}
