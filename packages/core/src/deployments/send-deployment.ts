/** Makes one flow known to the server, to be started from elsewhere. */
import {
  type Deployment,
  type DeploymentCreate,
  type DeploymentSchedule,
  type DeploymentScheduleCreate,
  isSluiceError,
  type OrchestrationApi,
  SluiceError,
  type WorkPool,
} from "@sluice/protocol";
import type { FlowDefinition } from "../flows/flow-definition.ts";
import { parametersJsonSchema } from "../flows/flow-parameters.ts";
import { closestName } from "../settings/closest-name.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { checkOptions } from "../tasks/option-checks.ts";
import { codePlace } from "./code-place.ts";
import { DEPLOYMENT_OPTION_CHECKS, type DeploymentOptions } from "./deployment-options.ts";
import { type Schedule, wireSchedules } from "./schedule.ts";

/** A deployment as the server has it after a deploy. */
export interface DeployedFlow {
  readonly id: string;
  /** `flow/deployment`. */
  readonly name: string;
  /** Whether it is new, or was there and has been changed. */
  readonly isNew: boolean;
}

/**
 * What runs a flow of ours where a pool has no command of its own: workers of Prefect would start Python otherwise. The
 * run's id is in its environment.
 */
export const RUN_COMMAND = "sluice flow-run execute";

/** What is sent to the server for one deployment, found to be sound. */
export interface PreparedDeployment {
  readonly flowName: string;
  readonly body: Omit<DeploymentCreate, "flow_id">;
}

/**
 * Checks a deployment, without sending anything.
 *
 * @throws {InvalidOptionError} when an option cannot work: it names the deployment and the option.
 * @throws {SluiceError} `OBJECT_NOT_FOUND` when there is no such work pool.
 */
export async function prepareDeployment(
  definition: FlowDefinition,
  options: DeploymentOptions,
  api: OrchestrationApi,
): Promise<PreparedDeployment> {
  const what = `Deployment "${definition.name}/${options.name}"`;
  if (options.name === undefined) {
    throw new InvalidOptionError(
      `A deployment of flow "${definition.name}" needs a name: deploy({ name: "nightly" }).`,
    );
  }
  checkOptions(what, options, DEPLOYMENT_OPTION_CHECKS);
  if (options.workPool === undefined && options.workQueue !== undefined) {
    throw new InvalidOptionError(`${what}: option workQueue needs workPool, the pool that the queue is of.`);
  }
  const pool = options.workPool === undefined ? undefined : await findPool(api, what, options.workPool);
  const schedules = await wireSchedules(what, (options.schedules ?? []) as readonly Schedule[]);
  const body = { ...wireOptions(options), ...wireFlow(definition, options), schedules };
  return { flowName: definition.name, body: { ...body, job_variables: jobVariables(options, pool) } };
}

/** Sends a deployment: a new one, or the one of this flow and name with what differs. */
export async function sendDeployment(
  { flowName, body }: PreparedDeployment,
  api: OrchestrationApi,
): Promise<DeployedFlow> {
  const known = await findDeployment(api, flowName, body.name);
  const flow = await api.flows.create({ name: flowName });
  const schedules = keepAnchors(body.schedules ?? [], known?.schedules ?? []);
  const { id, name } = await api.deployments.create({ ...body, schedules, flow_id: flow.id });
  return { id, name: `${flowName}/${name}`, isNew: known === undefined };
}

/** Deploying again must not shift an interval that was anchored when it was first deployed. */
function keepAnchors(
  schedules: readonly DeploymentScheduleCreate[],
  known: readonly DeploymentSchedule[],
): DeploymentScheduleCreate[] {
  return schedules.map((wanted) => {
    const { schedule } = wanted;
    if (!("interval" in schedule) || schedule.anchor_date != null) return wanted;
    const same = known.find(
      (each) =>
        "interval" in each.schedule &&
        each.schedule.interval === schedule.interval &&
        each.slug === (wanted.slug ?? null),
    );
    if (same === undefined || !("interval" in same.schedule)) return wanted;
    return { ...wanted, schedule: { ...schedule, anchor_date: same.schedule.anchor_date } };
  });
}

/** What is absent stays as it is, so that members have to be said to be nothing. */
function wireOptions(options: DeploymentOptions): Omit<DeploymentCreate, "flow_id"> {
  const { concurrencyLimit: concurrency } = options;
  const { limit, collisionStrategy, gracePeriodSeconds } =
    typeof concurrency === "object"
      ? concurrency
      : { limit: concurrency, collisionStrategy: undefined, gracePeriodSeconds: undefined };
  const hasOptions = collisionStrategy !== undefined || gracePeriodSeconds !== undefined;
  return {
    name: options.name,
    ...(options.paused !== undefined && { paused: options.paused }),
    parameters: { ...options.parameters },
    enforce_parameter_schema: options.enforceParameterSchema ?? true,
    tags: [...(options.tags ?? [])],
    work_pool_name: options.workPool ?? null,
    work_queue_name: options.workQueue ?? null,
    concurrency_limit: limit ?? null,
    concurrency_options: hasOptions
      ? {
          collision_strategy: collisionStrategy ?? "ENQUEUE",
          ...(gracePeriodSeconds !== undefined && { grace_period_seconds: gracePeriodSeconds }),
        }
      : null,
    pull_steps: options.pullSteps?.map((step) => ({ ...step })) ?? null,
  };
}

function wireFlow(
  definition: FlowDefinition,
  options: DeploymentOptions,
): Pick<DeploymentCreate, "description" | "version" | "parameter_openapi_schema" | "path" | "entrypoint"> {
  return {
    description: options.description ?? definition.options.description ?? null,
    version: options.version ?? definition.version ?? null,
    parameter_openapi_schema: wireSchema(definition),
    ...codePlace(definition, options),
  };
}

/** With the place of each parameter, by which forms order them. */
function wireSchema(definition: FlowDefinition): Record<string, unknown> {
  const schema = parametersOf(definition);
  const properties = schema["properties"];
  if (typeof properties !== "object" || properties === null) return { title: "Parameters", ...schema };
  const placed = Object.entries(properties).map(([name, property], position) => [
    name,
    typeof property === "object" ? { title: name, ...property, position } : property,
  ]);
  return { title: "Parameters", ...schema, properties: Object.fromEntries(placed) };
}

function parametersOf(definition: FlowDefinition): Readonly<Record<string, unknown>> {
  try {
    return parametersJsonSchema(definition);
  } catch (error) {
    if (!isSluiceError(error, "PARAMETER_SCHEMA")) throw error;
    // The run checks its parameters by the schema itself; the server takes any.
    return { type: "object", properties: {}, additionalProperties: true };
  }
}

/** Where the pool's template has a command, ours is said unless the deployment has another. */
function jobVariables(options: DeploymentOptions, pool: WorkPool | undefined): Record<string, unknown> {
  const given = {
    ...options.jobVariables,
    ...(options.image !== undefined && { image: options.image }),
  };
  const command = poolVariable(pool, "command");
  const needsCommand = command !== undefined && (command["default"] ?? null) === null;
  return { ...(needsCommand && { command: RUN_COMMAND }), ...given };
}

function poolVariable(pool: WorkPool | undefined, name: string): Record<string, unknown> | undefined {
  let found: unknown = pool?.base_job_template;
  for (const member of ["variables", "properties", name]) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, member);
  }
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : undefined;
}

async function findPool(api: OrchestrationApi, what: string, name: string): Promise<WorkPool> {
  try {
    return await api.workPools.get(name);
  } catch (cause) {
    if (!isSluiceError(cause, "OBJECT_NOT_FOUND")) throw cause;
    const names = (await api.workPools.filter({ limit: 200 })).map((pool) => pool.name);
    const closest = closestName(name, names);
    const hint =
      closest === undefined
        ? `Make it with "sluice work-pool create ${name} --type process"${names.length === 0 ? "" : `, or take one of ${names.join(", ")}`}.`
        : `Did you mean ${closest}?`;
    throw new SluiceError(
      "OBJECT_NOT_FOUND",
      `${what}: there is no work pool "${name}" in ${api.location}. ${hint}`,
      { cause },
    );
  }
}

async function findDeployment(
  api: OrchestrationApi,
  flowName: string,
  name: string,
): Promise<Deployment | undefined> {
  try {
    return await api.deployments.getByName(flowName, name);
  } catch (error) {
    if (isSluiceError(error, "OBJECT_NOT_FOUND")) return undefined;
    throw error;
  }
}
