/** Runs deployments: asks the server for a run, which a worker carries out elsewhere, and waits for its end. */
import {
  type Deployment,
  type DeploymentFlowRunCreate,
  isSluiceError,
  type OrchestrationApi,
  SluiceError,
  type FlowRun as WireFlowRun,
} from "@sluice/protocol";
import { type Flow, findFlowDefinition } from "../flows/flow.ts";
import { storedFlowState } from "../flows/flow-result.ts";
import { recordedParameters } from "../flows/recorded-parameters.ts";
import { createTrackingRun, findChild } from "../flows/tracking-run.ts";
import { resolveValue } from "../futures/dependencies.ts";
import type { Input } from "../futures/task-input.ts";
import { currentServices } from "../runtime/current-services.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { FlowResultOptions, FlowRun } from "../runtime/flow-run.ts";
import { currentScope, lendSlotWhile, type RunScope } from "../runtime/run-scope.ts";
import { closestName } from "../settings/closest-name.ts";
import { State } from "../states/state.ts";
import { Cancelling, Scheduled } from "../states/state-factories.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import {
  booleanCheck,
  checkOptions,
  nameCheck,
  type OptionChecks,
  positiveSecondsCheck,
  secondsCheck,
  signalCheck,
  tagsCheck,
  textCheck,
} from "../tasks/option-checks.ts";
import { waitForFlowRun } from "./wait-for-flow-run.ts";

/** Some of a flow's parameters, or futures of them; the deployment has the others. */
export type RunParameters<P> = unknown extends P
  ? Readonly<Record<string, unknown>>
  : P extends object
    ? { readonly [K in keyof P]?: Input<P[K]> }
    : Readonly<Record<string, unknown>>;

export interface RunDeploymentOptions<P = unknown> {
  /** Over those of the deployment. In a flow they may be, or hold, futures. */
  readonly parameters?: RunParameters<P> | undefined;
  /** Whether to wait until the run has ended (default true). */
  readonly wait?: boolean | undefined;
  /** How long to wait; after that the run goes on and its state is what it was last. Default: as long as it takes. */
  readonly timeoutSeconds?: number | undefined;
  /** Longest time between two looks at the run; default 5. The first looks come sooner after each other. */
  readonly pollSeconds?: number | undefined;
  /** Whether a run that is asked for in a flow becomes its sub-flow (default true). It is cancelled with it. */
  readonly asSubflow?: boolean | undefined;
  /** A key that is known to the server gives the run that has it instead of a new one. */
  readonly idempotencyKey?: string | undefined;
  /** Default: now. */
  readonly scheduledTime?: Date | undefined;
  /** Added to those of the deployment and of the code that asks. */
  readonly tags?: readonly string[] | undefined;
  /** Name of the run. */
  readonly name?: string | undefined;
  /** Over those of the deployment. */
  readonly jobVariables?: Readonly<Record<string, unknown>> | undefined;
  /** A queue of the deployment's pool; default: the deployment's. */
  readonly workQueue?: string | undefined;
  /** Ends the waiting, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A run of a deployment as it was when it was last looked at. */
export interface DeploymentRun<R = unknown> {
  readonly id: string;
  readonly name: string;
  readonly deploymentId: string;
  /** `await run.state.result()` is the flow's value, if the flow persists its results. */
  readonly state: State<R>;
}

/**
 * Runs a deployment elsewhere and, unless told otherwise, waits for the end of the run:
 * `runDeployment("report/nightly", { parameters: { day } })`, or `runDeployment(report, { deployment: "nightly", … })`
 * with the types of the flow.
 *
 * @throws {InvalidOptionError} when an option cannot work.
 * @throws {SluiceError} `OBJECT_NOT_FOUND` when there is no such deployment; `CONFLICT` when the parameters do not fit.
 */
export function runDeployment<P, R>(
  flow: Flow<P, R>,
  options: RunDeploymentOptions<P> & { readonly deployment: string },
): Promise<DeploymentRun<R>>;
export function runDeployment(name: string, options?: RunDeploymentOptions): Promise<DeploymentRun>;
export async function runDeployment(
  flowOrName: Flow<never, unknown> | string,
  given: RunDeploymentOptions & { readonly deployment?: string } = {},
): Promise<DeploymentRun> {
  const { deployment: deploymentName, ...options } = given;
  const definition = findFlowDefinition(flowOrName);
  const fullName = definition === undefined ? String(flowOrName) : `${definition.name}/${deploymentName}`;
  checkOptions(`runDeployment("${fullName}")`, options, RUN_CHECKS);
  const scope = currentScope();
  const services = scope?.flowRun?.services ?? scope?.taskRun?.services ?? (await currentServices());
  const deployment = await findDeployment(services.api, fullName);
  const run = await startRun({ deployment, fullName, options, scope, services });
  const ended = options.wait === false ? run : await waitFor(run, { options, scope, services });
  return deploymentRun(ended, definition?.options ?? {}, services);
}

interface RunRequest {
  readonly deployment: Deployment;
  readonly fullName: string;
  readonly options: RunDeploymentOptions;
  readonly scope: RunScope | undefined;
  readonly services: EngineServices;
}

async function startRun(request: RunRequest): Promise<WireFlowRun> {
  const { deployment, options, scope, services } = request;
  const { idempotencyKey, jobVariables, name, scheduledTime, workQueue } = options;
  const parent = options.asSubflow === false ? undefined : scope?.flowRun;
  const trackingId = parent && scope && (await trackingRunId(request, scope, parent));
  const earlier = trackingId === undefined ? undefined : await findChild(services.api, trackingId);
  // A parent that is tried again goes on with what it has begun.
  if (earlier !== undefined && !hasFailed(earlier)) return earlier;
  const { parameters } = recordedParameters(await resolveValue(options.parameters), true);
  const create: DeploymentFlowRunCreate = {
    state: Scheduled(scheduledTime === undefined ? {} : { scheduledTime }).toProposal(),
    parameters,
    tags: [...new Set([...(scope?.tags ?? []), ...(options.tags ?? [])])],
    ...(name !== undefined && { name }),
    ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
    ...(trackingId !== undefined && { parent_task_run_id: trackingId }),
    ...(jobVariables !== undefined && { job_variables: jobVariables }),
    ...(workQueue !== undefined && { work_queue_name: workQueue }),
  };
  return services.api.deployments.createFlowRun(deployment.id, create, { signal: options.signal });
}

/** The key is Prefect's, so that both know a run of a deployment in their history. */
async function trackingRunId(request: RunRequest, scope: RunScope, parent: FlowRun): Promise<string> {
  const { fullName, options } = request;
  const taskKey = `prefect.deployments.flow_runs.run_deployment.${slug(fullName)}`;
  const child = { name: fullName, taskKey, parameters: options.parameters };
  return (await createTrackingRun(child, scope, parent)).id;
}

async function waitFor(
  run: WireFlowRun,
  { options, scope, services }: Pick<RunRequest, "options" | "scope" | "services">,
): Promise<WireFlowRun> {
  const parent = scope?.taskRun ?? scope?.flowRun;
  const signals = [options.signal, parent?.signal].filter((each) => each !== undefined);
  const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
  const { pollSeconds, timeoutSeconds } = options;
  try {
    return await lendSlotWhile(
      waitForFlowRun(run, { api: services.api, clock: services.clock, pollSeconds, timeoutSeconds, signal }),
    );
  } catch (error) {
    const isCancelled = parent?.signal.aborted === true && parent.interruption?.kind !== "crash";
    if (isCancelled && options.asSubflow !== false) await cancelChild(run, services);
    throw error;
  }
}

/** The parent ends as it was told to, whether or not the child could be reached. */
async function cancelChild({ id, name }: WireFlowRun, { api, logger }: EngineServices): Promise<void> {
  const state = Cancelling({
    message: "The flow run that waits for this one was told to stop.",
  }).toProposal();
  try {
    await api.flowRuns.setState(id, { state });
  } catch (error) {
    logger.warn("A run that was begun by runDeployment could not be cancelled", {
      flowRunId: id,
      flowRunName: name,
      error,
    });
  }
}

function deploymentRun(
  run: WireFlowRun,
  results: FlowResultOptions,
  services: EngineServices,
): DeploymentRun {
  const { id, name, state, deployment_id: deploymentId } = run;
  if (state === null || deploymentId == null) {
    throw new SluiceError("ABORTED", `Flow run ${name} (${id}) has lost its state or its deployment.`);
  }
  return { id, name, deploymentId, state: storedFlowState(run, results, services) ?? State.fromWire(state) };
}

/** @throws {SluiceError} `OBJECT_NOT_FOUND`, with the name that was meant if it can be told. */
async function findDeployment(api: OrchestrationApi, fullName: string): Promise<Deployment> {
  const slash = fullName.indexOf("/");
  if (slash < 1 || slash === fullName.length - 1) {
    throw new InvalidOptionError(
      `"${fullName}" names no deployment. Write runDeployment("flow/deployment"), or runDeployment(flow, { deployment }).`,
    );
  }
  try {
    return await api.deployments.getByName(fullName.slice(0, slash), fullName.slice(slash + 1));
  } catch (cause) {
    if (!isSluiceError(cause, "OBJECT_NOT_FOUND")) throw cause;
    const names = await namesOfFlow(api, fullName.slice(0, slash));
    const closest = closestName(fullName, names);
    const known = names.length === 0 ? "" : ` The flow has ${names.join(", ")}.`;
    const hint = closest === undefined ? `${known} See "sluice deployment ls".` : ` Did you mean ${closest}?`;
    throw new SluiceError(
      "OBJECT_NOT_FOUND",
      `There is no deployment "${fullName}" in ${api.location}.${hint}`,
      { cause },
    );
  }
}

async function namesOfFlow(api: OrchestrationApi, flowName: string): Promise<string[]> {
  const deployments = await api.deployments.filter({ flows: { name: { any_: [flowName] } }, limit: 20 });
  return deployments.map(({ name }) => `${flowName}/${name}`);
}

function hasFailed({ state_type: type }: WireFlowRun): boolean {
  return type === "FAILED" || type === "CRASHED" || type === "CANCELLED" || type === "CANCELLING";
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

const RUN_CHECKS: OptionChecks = {
  parameters: { mustBe: "an object of parameters", accepts: isObject },
  wait: booleanCheck,
  timeoutSeconds: secondsCheck,
  pollSeconds: positiveSecondsCheck,
  asSubflow: booleanCheck,
  idempotencyKey: textCheck,
  scheduledTime: { mustBe: "a Date", accepts: (value) => value instanceof Date },
  tags: tagsCheck,
  name: nameCheck,
  jobVariables: { mustBe: "an object of job variables", accepts: isObject },
  workQueue: textCheck,
  signal: signalCheck,
};

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
