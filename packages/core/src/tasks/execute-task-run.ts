/** The task engine: runs a task run to its end, wherever its function runs. */
import { stateOfInterruption } from "../runtime/interruption.ts";
import { taskRunContext } from "../runtime/run-context.ts";
import { capturePrints } from "../runtime/run-logger.ts";
import { type RunScope, runInScope } from "../runtime/run-scope.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { State } from "../states/state.ts";
import { AwaitingRetry, Completed, Failed, Running } from "../states/state-factories.ts";
import { callInterruptibly, settledInScope } from "./call-interruptibly.ts";
import { flushIfDurable } from "./end-in-state.ts";
import { linkTaskSignal } from "./link-task-signal.ts";
import { retryDelaySeconds } from "./retry-delay.ts";
import { nameOfRun } from "./run-name.ts";
import { describe } from "./runner-failure.ts";
import { callContext } from "./task-call-context.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { runTaskEndHooks, runTaskHooks } from "./task-hooks.ts";
import { beginTaskResult } from "./task-result.ts";

export interface TaskExecution {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
  /** Values: futures are resolved. */
  readonly args: readonly unknown[];
  /** Where the run was begun. */
  readonly scope: RunScope | undefined;
  /** Gives the state to end in instead of this one: Failed, when a value cannot leave the process. */
  readonly seal?: ((state: State) => Promise<State>) | undefined;
}

/**
 * Runs a pending task run: cached result or attempts with retries, then result, hooks and final state. Never rejects:
 * what goes wrong is the final state.
 */
export async function executeTaskRun(execution: TaskExecution): Promise<State> {
  const { run, definition, args } = execution;
  const pause = run.services.breather.tick();
  if (pause !== undefined) await pause;
  run.parameters = () => definition.parametersOf(args);
  run.flowRun?.beginTask(run);
  run.parent?.addChild(run);
  const unlink = linkTaskSignal(run, definition);
  try {
    return await runToEnd(execution);
  } catch (error) {
    // Only the engine's own work comes here (a cache key, a storage, a run name); user code's errors are states already.
    const state = Failed({ message: `Task run could not be carried out: ${describe(error)}`, data: error });
    return await end(execution, state);
  } finally {
    unlink?.();
    run.parent?.removeChild(run);
    run.flowRun?.endTask(run);
  }
}

async function runToEnd(execution: TaskExecution): Promise<State> {
  const { run } = execution;
  if (run.interruption !== undefined) return end(execution, stateOfInterruption(run.interruption));
  nameRun(execution);
  const result = await beginTaskResult(execution);
  if (result === undefined) return end(execution, await attempts(execution));
  try {
    const state = result.cached ?? (await result.complete(await result.around(() => attempts(execution))));
    return await end(execution, state);
  } finally {
    await result.release();
  }
}

/** Attempts until one ends the run. */
async function attempts(execution: TaskExecution): Promise<State> {
  const { run, definition } = execution;
  const retries = definition.retries(run.services.settings);
  for (let retry = 1; ; retry += 1) {
    const state = await attempt(execution, retry > 1);
    if (retry > retries || !(await shouldRetry(execution, state))) return state;
    const delaySeconds = delayOf(execution, retry);
    if (delaySeconds === undefined) return state;
    await waitForRetry(execution, state, { retry, delaySeconds });
    if (run.interruption !== undefined) return stateOfInterruption(run.interruption);
  }
}

async function attempt(execution: TaskExecution, isRetry: boolean): Promise<State> {
  const { run, definition, args, scope } = execution;
  run.enter(Running(isRetry ? { name: "Retrying" } : {}));
  if (definition.onRunning.length > 0) await runTaskHooks(definition.onRunning, execution);
  const inner: RunScope = {
    flowRun: run.flowRun,
    taskRun: run,
    tags: scope?.tags ?? [],
    isShielded: run.isShielded,
  };
  const release = run.logsPrints ? capturePrints() : undefined;
  try {
    const value = await callInterruptibly(run, {
      timeoutSeconds: definition.options.timeoutSeconds,
      call: () => runInScope(inner, () => settledInScope(Reflect.apply(definition.fn, undefined, args))),
    });
    return stateOfReturn(value);
  } catch (error) {
    return stateOfThrow(run, error);
  } finally {
    release?.();
  }
}

function stateOfReturn(value: unknown): State {
  if (!(value instanceof State)) return Completed({ data: value });
  // Its own id and time: a state that tasks return may be one constant.
  const { type, name, message, details, data } = value;
  return new State({ type, name, message, details, data });
}

function stateOfThrow(run: TaskRun, error: unknown): State {
  if (run.interruption !== undefined) return stateOfInterruption(run.interruption);
  return Failed({ message: `Task run encountered an exception: ${describe(error)}`, data: error });
}

async function shouldRetry({ run, definition }: TaskExecution, state: State): Promise<boolean> {
  if (!state.isFailed() || (run.interruption !== undefined && run.interruption.kind !== "timeout"))
    return false;
  const condition = definition.options.retryCondition;
  if (condition === undefined) return true;
  const error = state.data?.kind === "error" ? state.data.error : undefined;
  try {
    return await condition({ task: definition, taskRun: taskRunContext(run), state, error });
  } catch (conditionError) {
    run.engineLogger.error("The retry condition of a task threw; the task is not retried", {
      error: conditionError,
    });
    return false;
  }
}

/** `undefined` when the task's own function for it failed: then there is no retry. */
function delayOf({ run, definition }: TaskExecution, retry: number): number | undefined {
  try {
    return retryDelaySeconds(definition.retryDelay(run.services.settings), retry, {
      factor: definition.options.retryJitterFactor,
      random: run.services.random,
    });
  } catch (error) {
    run.engineLogger.error("The retry delay of a task could not be computed; the task is not retried", {
      error,
    });
    return undefined;
  }
}

async function waitForRetry(
  { run }: TaskExecution,
  { message }: State,
  { retry, delaySeconds }: { readonly retry: number; readonly delaySeconds: number },
): Promise<void> {
  run.renewForRetry();
  run.engineLogger.info("Task run failed and is retried", {
    reason: message,
    retry,
    delaySeconds: Number(delaySeconds.toFixed(3)),
  });
  if (delaySeconds <= 0) return;
  const { clock } = run.services;
  const scheduledTime = new Date(clock.nowUs() / 1000 + delaySeconds * 1000);
  run.enter(AwaitingRetry({ scheduledTime, message }));
  const sleeping = clock.sleep(delaySeconds * 1000, run.signal);
  // An abort ends the wait early; the caller looks at the interruption.
  await run.lendSlotWhile(sleeping.catch(() => undefined));
}

async function end(execution: TaskExecution, state: State): Promise<State> {
  const { run } = execution;
  const ending = state.isFinal() ? state : asFinal(state);
  const final = (await execution.seal?.(ending)) ?? ending;
  run.enter(final);
  await runTaskEndHooks(execution);
  await flushIfDurable(run, execution.definition);
  logEnd(run, final);
  return final;
}

function asFinal(state: State): State {
  return Failed({
    message: `The task returned a state that is not final: ${state}. Return Completed(), Failed() or another final state.`,
  });
}

function logEnd(run: TaskRun, state: State): void {
  if (state.isCompleted()) return;
  run.engineLogger[endLevel(run, state)]("Task run did not complete", {
    state: state.name,
    reason: state.message,
  });
}

/** When its flow run is stopped, thousands of task runs end for that one reason, which the flow run's line says. */
function endLevel({ flowRun }: TaskRun, state: State): "debug" | "warn" | "error" {
  if (flowRun?.interruption !== undefined && !state.isFailed()) return "debug";
  return state.isCancelled() ? "warn" : "error";
}

function nameRun(execution: TaskExecution): void {
  const { run, definition } = execution;
  const { taskRunName } = definition.options;
  if (taskRunName === undefined) return;
  const context = callContext(execution);
  const { parameters } = context;
  run.name = nameOfRun(taskRunName, { context, parameters, what: `Task "${definition.name}": taskRunName` });
}
