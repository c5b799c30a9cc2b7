/** Brings a flow run to RUNNING, or says why it cannot begin. */
import {
  collectDependencies,
  type Dependencies,
  type Dependency,
  noDependencies,
  resolveValue,
} from "../futures/dependencies.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { stateOfInterruption } from "../runtime/interruption.ts";
import type { State } from "../states/state.ts";
import { Cancelled, Failed, Running } from "../states/state-factories.ts";
import { failedDependency, notReadyState, whenDependenciesDone } from "../tasks/await-dependencies.ts";
import { nameOfRun } from "../tasks/run-name.ts";
import { describe } from "../tasks/runner-failure.ts";
import { runEndHooks, runFlowHooks } from "./flow-hooks.ts";
import { isRecord, validParameters } from "./flow-parameters.ts";
import type { OpenedRun } from "./open-flow-run.ts";
import { proposeFinalState, proposeState } from "./propose-state.ts";
import { recordedParameters } from "./recorded-parameters.ts";

/**
 * `undefined` when the run is RUNNING; otherwise the state that it is in instead.
 *
 * @throws {AbortedRunError} when the run has left the expected state: it belongs to another process.
 */
export async function beginFlowRun(
  opened: OpenedRun,
  expectedStateId: string | undefined,
): Promise<State | undefined> {
  const { flowRun, definition } = opened;
  const refusal = await refusalBeforeRunning(opened);
  if (refusal !== undefined) return endUnbegun(opened, refusal);
  const details = expectedStateId === undefined ? undefined : { expected_state_id: expectedStateId };
  const state = await proposeState(flowRun, Running({ details }));
  if (!state.isRunning()) return notRunning(opened, state);
  flowRun.beginAttempt();
  flowRun.engineLogger.info(flowRun.runCount === 1 ? "Flow run began" : "Flow run began again", {
    flow: definition.name,
    attempt: flowRun.runCount,
  });
  await runFlowHooks(definition.hooks("onRunning"), opened, state);
  return undefined;
}

/** The run was stopped while it waited for its time, or orchestration put it into another state. */
async function notRunning(opened: OpenedRun, state: State): Promise<State> {
  if (opened.flowRun.interruption !== undefined) return endUnbegun(opened, state);
  if (!state.isCancelling()) return state;
  return endUnbegun(opened, Cancelled({ message: "Flow run was cancelled before it began" }));
}

async function endUnbegun(opened: OpenedRun, state: State): Promise<State> {
  const final = await proposeFinalState(opened.flowRun, state);
  await runEndHooks(opened, final);
  return final;
}

/** Why the run may not begin: an interruption, what it depends on, its parameters or its name. */
async function refusalBeforeRunning(opened: OpenedRun): Promise<State | undefined> {
  const { flowRun, definition } = opened;
  const found = noDependencies();
  collectDependencies(opened.parameters, found);
  const { needsResolving } = found;
  if (definition.options.waitFor !== undefined) collectDependencies(definition.options.waitFor, found);
  if (found.futures.length + found.lists.length > 0) {
    await flowRun.lendSlotWhile(doneOrInterrupted(found, flowRun));
  }
  if (flowRun.interruption !== undefined) return stateOfInterruption(flowRun.interruption);
  const failed = failedDependency(found);
  if (failed !== undefined) return upstreamFailed(failed);
  const given = needsResolving ? await resolveValue(opened.parameters) : opened.parameters;
  try {
    opened.arguments = await validParameters(definition, given);
  } catch (error) {
    return Failed({ message: `Validation of flow parameters failed: ${describe(error)}`, data: error });
  }
  flowRun.parameters = isRecord(opened.arguments) ? opened.arguments : {};
  return flowRun.runCount === 0 ? describeRun(opened, given) : undefined;
}

function upstreamFailed(dependency: Dependency): State {
  const { data, message } = notReadyState(dependency);
  return Failed({ message, data: data?.kind === "error" ? data.error : undefined });
}

/** Names the run, and has history show the values of futures among its parameters. */
async function describeRun(opened: OpenedRun, given: unknown): Promise<State | undefined> {
  const { flowRun } = opened;
  let name: string;
  try {
    name = runName(opened);
  } catch (error) {
    return Failed({ message: `The flow run could not be named: ${describe(error)}`, data: error });
  }
  const isResolved = given !== opened.parameters;
  if (name === flowRun.name && !isResolved) return undefined;
  flowRun.name = name;
  const changes = isResolved ? { name, parameters: recordedParameters(given, true).parameters } : { name };
  await flowRun.services.api.flowRuns.update(flowRun.id, changes).catch((error: unknown) => {
    flowRun.engineLogger.warn("The name and parameters of the flow run could not be recorded", { error });
  });
  return undefined;
}

function doneOrInterrupted(found: Dependencies, flowRun: FlowRun): Promise<void> {
  return new Promise<void>((resolve) => {
    flowRun.onInterrupt = () => resolve();
    whenDependenciesDone(found, resolve);
  }).finally(() => {
    flowRun.onInterrupt = undefined;
  });
}

function runName({ definition, flowRun }: OpenedRun): string {
  const { flowRunName } = definition.options;
  if (flowRunName === undefined) return flowRun.name;
  const { parameters } = flowRun;
  const what = `Flow "${definition.name}": flowRunName`;
  return nameOfRun(flowRunName, { context: { flow: definition, parameters }, parameters, what });
}
