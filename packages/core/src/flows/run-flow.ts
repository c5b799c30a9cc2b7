/** The flow engine: opens a run, carries it through its states, and ends it. */
import { newId, type OrchestrationResult, type StateCreate } from "@sluice/protocol";
import { collectDependencies, noDependencies, resolveValue } from "../futures/dependencies.ts";
import { usFromIso } from "../runtime/clock.ts";
import { currentServices } from "../runtime/current-services.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { stateOfInterruption } from "../runtime/interruption.ts";
import { capturePrints } from "../runtime/run-logger.ts";
import type { RunProgress } from "../runtime/run-progress.ts";
import { currentScope, runInScope } from "../runtime/run-scope.ts";
import { settleWork } from "../runtime/settle-work.ts";
import { AbortedRunError } from "../states/run-errors.ts";
import { State } from "../states/state.ts";
import { Crashed, Failed, Running } from "../states/state-factories.ts";
import { failedDependency, notReadyState, whenDependenciesDone } from "../tasks/await-dependencies.ts";
import { callInterruptibly } from "../tasks/call-interruptibly.ts";
import { fillTemplate } from "../tasks/run-name.ts";
import { describe } from "../tasks/runner-failure.ts";
import { type FlowEnding, finalFlowState } from "./final-state.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { runEndHooks, runFlowHooks } from "./flow-hooks.ts";
import { isRecord, validParameters } from "./flow-parameters.ts";
import { keepFlowResult } from "./flow-result.ts";
import { type OpenedRun, openFlowRun } from "./open-flow-run.ts";
import { watchProcessSignals } from "./process-signals.ts";

export interface FlowCall {
  readonly parameters?: unknown;
  /** Runs this existing flow run again (a retry, a scheduled run) instead of a new one. */
  readonly flowRunId?: string | undefined;
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Whether Ctrl-C and SIGTERM end the run (default true). */
  readonly watchesSignals?: boolean | undefined;
  /** Told of the run's id and counts as soon as it has begun; its name changes when the flow names its runs. */
  readonly onBegin?:
    | ((run: { readonly id: string; readonly name: string; readonly progress: RunProgress }) => void)
    | undefined;
}

/** Runs a flow to its end; the final state tells how it went. Rejects only when no run could be opened. */
export async function runFlowDefinition(definition: FlowDefinition, call: FlowCall): Promise<State> {
  const scope = currentScope();
  const services = scope?.flowRun?.services ?? scope?.taskRun?.services ?? (await currentServices());
  const opened = await openFlowRun({ definition, call, scope, services });
  if (opened.earlier !== undefined) return opened.earlier;
  const { flowRun } = opened;
  const stopWatching = linkInterruptions(opened, call);
  call.onBegin?.(flowRun);
  try {
    const state = await carryThrough(opened);
    logEnd(flowRun, state);
    return state;
  } finally {
    flowRun.end();
    services.heartbeat.remove(flowRun.id);
    if (flowRun.parent === undefined) await services.recorder.flush();
    await stopWatching();
  }
}

/** Attempts until orchestration takes a final state. */
async function carryThrough(opened: OpenedRun): Promise<State> {
  for (;;) {
    const begun = await begin(opened);
    if (begun !== undefined) return begun;
    const state = await attempt(opened);
    const answer = await proposeFinal(opened, state);
    if (answer.isFinal()) {
      await runEndHooks(opened, answer);
      return answer;
    }
    opened.flowRun.renewForRetry();
    opened.flowRun.engineLogger.info("Flow run failed and is retried", {
      reason: state.message,
      state: answer.name,
    });
  }
}

/** Brings the run to RUNNING. Gives a state when it does not get there. */
async function begin(opened: OpenedRun): Promise<State | undefined> {
  const { flowRun, definition } = opened;
  const refusal = await refusalBeforeRunning(opened);
  if (refusal !== undefined) {
    const state = await proposeFinal(opened, refusal);
    await runEndHooks(opened, state);
    return state;
  }
  const running = await propose(opened, Running());
  if (!running.isRunning()) return running;
  flowRun.beginAttempt();
  flowRun.engineLogger.info(flowRun.runCount === 1 ? "Flow run began" : "Flow run began again", {
    flow: definition.name,
    attempt: flowRun.runCount,
  });
  await runFlowHooks(definition.hooks("onRunning"), opened, running);
  return undefined;
}

/** Why the run may not begin: its upstream, its parameters, or an interruption before it began. */
async function refusalBeforeRunning(opened: OpenedRun): Promise<State | undefined> {
  const { flowRun, definition } = opened;
  if (flowRun.interruption !== undefined) return stateOfInterruption(flowRun.interruption);
  try {
    opened.arguments = await readyArguments(opened);
  } catch (error) {
    if (error instanceof UpstreamNotReady)
      return Failed({ message: error.state.message, data: stateError(error.state) });
    return Failed({ message: `Validation of flow parameters failed: ${describe(error)}`, data: error });
  }
  flowRun.parameters = isRecord(opened.arguments) ? opened.arguments : {};
  await nameRun(opened, definition);
  return undefined;
}

async function readyArguments(opened: OpenedRun): Promise<unknown> {
  const { definition, parameters } = opened;
  const found = noDependencies();
  collectDependencies(parameters, found);
  const { needsResolving } = found;
  if (definition.options.waitFor !== undefined) collectDependencies(definition.options.waitFor, found);
  if (found.futures.length + found.lists.length > 0) {
    const done = new Promise<void>((resolve) => whenDependenciesDone(found, resolve));
    await (opened.scope?.taskRun?.lendSlotWhile(done) ?? done);
    const failed = failedDependency(found);
    if (failed !== undefined) throw new UpstreamNotReady(notReadyState(failed));
  }
  return validParameters(definition, needsResolving ? await resolveValue(parameters) : parameters);
}

class UpstreamNotReady extends Error {
  readonly state: State;
  constructor(state: State) {
    super(state.message);
    this.state = state;
  }
}

function stateError(state: State): unknown {
  return state.data?.kind === "error" ? state.data.error : undefined;
}

async function nameRun(opened: OpenedRun, definition: FlowDefinition): Promise<void> {
  const { flowRunName } = definition.options;
  const { flowRun } = opened;
  if (flowRunName === undefined || flowRun.runCount > 0) return;
  const { parameters } = flowRun;
  const name =
    typeof flowRunName === "function"
      ? flowRunName({ flow: definition, parameters })
      : fillTemplate(flowRunName, parameters, `Flow "${definition.name}": the run name`);
  flowRun.name = name;
  await flowRun.services.api.flowRuns.update(flowRun.id, { name });
}

/** One call of the flow's function and what follows from it. */
async function attempt(opened: OpenedRun): Promise<State> {
  const { flowRun, definition } = opened;
  const ending = await callFunction(opened);
  if ("error" in ending) {
    const error = ending.error instanceof Error ? ending.error : new Error(String(ending.error));
    const message = `The flow run failed before this task run began: ${error.message}`;
    flowRun.closeToTasks({ kind: "cancel", message, error });
  }
  await settleWork(flowRun);
  await runInScope({ flowRun, taskRun: undefined, tags: opened.tags }, () => flowRun.runCleanups());
  await flowRun.closeSession();
  const state = await finalFlowState(flowRun, ending).catch((error: unknown) =>
    Failed({ message: `The flow's result could not be read: ${describe(error)}`, data: error }),
  );
  return keepFlowResult(opened, definition, state);
}

async function callFunction({
  flowRun,
  definition,
  arguments: parameters,
  tags,
}: OpenedRun): Promise<FlowEnding> {
  const release = flowRun.logsPrints ? capturePrints() : undefined;
  try {
    const value = await callInterruptibly(flowRun, {
      timeoutSeconds: definition.options.timeoutSeconds,
      call: () =>
        runInScope({ flowRun, taskRun: undefined, tags }, () =>
          Reflect.apply(definition.fn, undefined, parameters === undefined ? [] : [parameters]),
        ),
    });
    return { value };
  } catch (error) {
    return { error };
  } finally {
    release?.();
  }
}

const FINAL_TRIES = 3;

/**
 * Proposes the state an attempt ended in. A final state survives an API that is away: it is handed to the recorder,
 * and the flow ends here all the same.
 */
async function proposeFinal(opened: OpenedRun, state: State): Promise<State> {
  const { services, id } = opened.flowRun;
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    try {
      return await propose(opened, state);
    } catch (error) {
      if (error instanceof AbortedRunError) return Crashed({ message: error.message, data: error });
      opened.flowRun.engineLogger.warn("The state of the flow run could not be recorded now", {
        state: state.name,
        error,
      });
      if (attemptNumber === FINAL_TRIES) {
        services.recorder.recordFlowRunState(id, state.toProposal());
        return state;
      }
      await services.clock.sleep(100 * 4 ** attemptNumber);
    }
  }
}

/** Proposes a state and follows the verdict; the state that the run is in then, with this process's data. */
async function propose(opened: OpenedRun, state: State): Promise<State> {
  const { flowRun } = opened;
  const transitionId = newId();
  for (;;) {
    const proposal: StateCreate = state.toProposal(transitionId);
    const answer = await flowRun.services.api.flowRuns.setState(flowRun.id, { state: proposal });
    const next = await follow(opened, answer, state);
    if (next !== undefined) return next;
  }
}

/** `undefined`: propose again. */
async function follow(
  opened: OpenedRun,
  answer: OrchestrationResult,
  proposed: State,
): Promise<State | undefined> {
  const { flowRun } = opened;
  switch (answer.status) {
    case "ACCEPT":
      return State.fromWire(answer.state, proposed.data);
    case "WAIT":
      await pause(flowRun, answer.details.delay_seconds * 1000);
      return undefined;
    case "ABORT":
      throw new AbortedRunError(
        `Orchestration refused to bring flow run ${flowRun.name} to ${proposed.name}: ${answer.details.reason ?? "no reason given"}`,
      );
    case "REJECT": {
      if (answer.state === null) return undefined;
      const state = State.fromWire(answer.state, proposed.data);
      if (state.isScheduled()) await pauseUntil(flowRun, state);
      return state;
    }
  }
}

async function pauseUntil(flowRun: FlowRun, state: State): Promise<void> {
  const time = state.details.scheduled_time;
  if (time === undefined || time === null) return;
  await pause(flowRun, Math.ceil(usFromIso(time) / 1000) - Date.now());
}

/** An abort ends the pause early; the next step sees the interruption. */
async function pause(flowRun: FlowRun, ms: number): Promise<void> {
  if (ms <= 0) return;
  await flowRun.services.clock.sleep(ms, flowRun.signal).catch(() => undefined);
}

/** Connects the run with what may stop it: its caller's signals, the task it was begun in, and the process's signals. */
function linkInterruptions({ flowRun, definition, scope }: OpenedRun, call: FlowCall): () => Promise<void> {
  const unlink: (() => void)[] = [];
  for (const signal of [definition.options.signal, call.signal]) {
    if (signal !== undefined) unlink.push(linkSignal(flowRun, signal));
  }
  const parentTask = scope?.taskRun;
  parentTask?.addChild(flowRun);
  const isRoot = flowRun.parent === undefined && parentTask === undefined;
  const stopWatching = isRoot && call.watchesSignals !== false ? watchProcessSignals(flowRun) : undefined;
  return async () => {
    for (const undo of unlink) undo();
    parentTask?.removeChild(flowRun);
    await stopWatching?.();
  };
}

function linkSignal(flowRun: FlowRun, signal: AbortSignal): () => void {
  const onAbort = (): void => {
    const error = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
    flowRun.interrupt({ kind: "cancel", message: `Flow run was cancelled: ${error.message}`, error });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}

function logEnd(flowRun: FlowRun, state: State): void {
  const level = state.isCompleted() ? "info" : state.isCancelled() ? "warn" : "error";
  flowRun.engineLogger[level]("Flow run ended", {
    state: state.name,
    ...(state.message && { reason: state.message }),
  });
}
