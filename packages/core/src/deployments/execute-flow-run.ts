/** What a process does that was started for one flow run of a deployment. */
import { resolve } from "node:path";
import { type Deployment, type FlowRun, InvalidRequestError, SluiceError } from "@sluice/protocol";
import { loadFlow } from "../flows/entrypoint.ts";
import { type Flow, findFlowDefinition } from "../flows/flow.ts";
import { runFlow } from "../flows/run-flow-call.ts";
import { currentServices } from "../runtime/current-services.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import { State } from "../states/state.ts";
import { Failed } from "../states/state-factories.ts";
import { describe } from "../tasks/runner-failure.ts";

export interface ExecuteFlowRunOptions {
  /**
   * Id of the state that the run was claimed with. When the run has gone on to another state meanwhile, it belongs to
   * another process and is left alone.
   */
  readonly claimId?: string | undefined;
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads the flow of the run's deployment and runs it here, with the run's parameters; gives the state that the run is in
 * afterwards. The working directory of this process becomes that of the deployment. Code that does not load makes the
 * run Failed, with the reason in its state and its log. A run that has ended already is not run again.
 *
 * @throws {HistoryUnavailableError} when the history cannot be read.
 */
export async function executeFlowRun(id: string, options: ExecuteFlowRunOptions = {}): Promise<State> {
  const services = await currentServices();
  const run = await services.api.flowRuns.get(id);
  const unwanted = stateUnlessWanted(run, options.claimId);
  if (unwanted !== undefined) return unwanted;
  let flow: Flow<never, unknown>;
  try {
    flow = await loadDeployedFlow(run, services);
    await describeRun(run, flow, services);
  } catch (error) {
    return endUnloaded(run, error, services);
  }
  return runFlow(flow, { ...options, flowRunId: id, parameters: run.parameters });
}

function stateUnlessWanted({ id, name, state }: FlowRun, claimId: string | undefined): State | undefined {
  if (state === null) return undefined;
  const current = State.fromWire(state);
  if (current.isFinal()) return current;
  if (claimId === undefined || claimId === state.id) return undefined;
  throw new SluiceError(
    "ABORTED",
    `Flow run ${name} (${id}) is ${state.name} and was claimed by another process; this one leaves it alone.`,
  );
}

async function loadDeployedFlow(run: FlowRun, services: EngineServices): Promise<Flow<never, unknown>> {
  if (run.deployment_id === null) {
    throw new InvalidRequestError(
      "The run belongs to no deployment, so nobody knows where its flow is. Use: sluice flow-run retry.",
    );
  }
  const deployment = await services.api.deployments.get(run.deployment_id);
  const { entrypoint } = deployment;
  if (entrypoint === null) {
    throw new InvalidRequestError(
      `The deployment "${deployment.name}" has no entrypoint. Deploy the flow again, with one.`,
    );
  }
  if (deployment.pull_steps?.length) await enterPulledCode(run, deployment.pull_steps, services);
  else enterDirectory(deployment);
  return (await loadFlow(entrypoint)).flow;
}

async function enterPulledCode(
  run: FlowRun,
  steps: NonNullable<Deployment["pull_steps"]>,
  { api, logging }: EngineServices,
): Promise<void> {
  // Most deployments have none.
  const { runSteps } = await import("../steps/run-steps.ts");
  const logger = logging.logger("sluice.flow_runs", { flowRunId: run.id, flowRunName: run.name });
  process.chdir((await runSteps(steps, { api, logger })).directory);
}

function enterDirectory({ path }: Deployment): void {
  if (path === null || path === "") return;
  const directory = resolve(path);
  try {
    process.chdir(directory);
  } catch (cause) {
    throw new InvalidRequestError(
      `The deployment's directory ${directory} cannot be entered on this machine: ${describe(cause)}`,
      { cause },
    );
  }
}

/** Who made the run knew its deployment, and not what the flow says of its version and retries. */
async function describeRun(
  run: FlowRun,
  flow: Flow<never, unknown>,
  services: EngineServices,
): Promise<void> {
  const definition = findFlowDefinition(flow);
  if (definition === undefined || run.run_count > 0) return;
  const { retryDelaySeconds, retries = services.settings.flows.defaultRetries } = definition.options;
  await services.api.flowRuns.update(run.id, {
    flow_version: definition.version ?? null,
    empirical_policy: { ...run.empirical_policy, retries, retry_delay: retryDelaySeconds ?? 0 },
  });
}

async function endUnloaded(run: FlowRun, error: unknown, services: EngineServices): Promise<State> {
  const { api, logging, recorder } = services;
  const message = `The flow could not be loaded: ${describe(error)}`;
  logging
    .logger("sluice.flow_runs", { flowRunId: run.id, flowRunName: run.name })
    .error("The flow could not be loaded", { error });
  await recorder.flush();
  const answer = await api.flowRuns.setState(run.id, { state: Failed({ message }).toProposal() });
  return answer.state === null ? Failed({ message }) : State.fromWire(answer.state);
}
