/** `submit`: a run in the hands of the flow's task runner. */
import { AsyncResource } from "node:async_hooks";
import { newId } from "@sluice/protocol";
import { futureInternals, TaskFuture } from "../futures/task-future.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { stateOfInterruption } from "../runtime/interruption.ts";
import { MissingContextError } from "../runtime/run-context.ts";
import { currentScope, type RunScope } from "../runtime/run-scope.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { State } from "../states/state.ts";
import { Pending } from "../states/state-factories.ts";
import { failedDependency, notReadyState, whenDependenciesDone } from "./await-dependencies.ts";
import { endInState, flushIfDurable } from "./end-in-state.ts";
import { linkTaskSignal } from "./link-task-signal.ts";
import { type ArgumentDependencies, completeInputs, dependenciesOf, newTaskRun } from "./new-task-run.ts";
import { runnerFailureState } from "./runner-failure.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { runTaskEndHooks } from "./task-hooks.ts";
import { RunSubmission } from "./task-submission.ts";

/** Hands one run to the task runner. */
export function submitTask(definition: TaskDefinition, args: readonly unknown[]): TaskFuture<unknown> {
  const site = submissionSite(definition, "submit()");
  const found = dependenciesOf(definition, args, site.flowRun);
  const future = newFuture(definition, depthOf(found, site.scope), site.flowRun);
  site.resource.runInAsyncScope(() => launch({ definition, args, found, future, site }));
  return future;
}

/** Where runs are submitted from: the flow run, and the async context that their functions will see. */
export interface SubmissionSite {
  readonly scope: RunScope;
  readonly flowRun: FlowRun;
  readonly resource: AsyncResource;
}

/** @throws {MissingContextError} outside a flow run. */
export function submissionSite(definition: TaskDefinition, verb: string): SubmissionSite {
  const scope = currentScope();
  if (scope?.flowRun === undefined) {
    throw new MissingContextError(
      `${verb} of task "${definition.name}" was called outside a flow run, which alone has a task runner. Call it inside a flow, or call the task itself: ${definition.name}(…).`,
    );
  }
  scope.flowRun.noteFuture();
  return { scope, flowRun: scope.flowRun, resource: new AsyncResource("sluice.task") };
}

const NOT_BEGUN: State<never> = new State<never>({ type: "PENDING", timestampUs: 0 });

/** A future of a run that has not begun. */
export function newFuture(definition: TaskDefinition, depth: number, flowRun: FlowRun): TaskFuture<unknown> {
  flowRun.beginWork();
  return new TaskFuture<unknown>({
    taskRunId: newId(),
    taskRunName: definition.name,
    depth,
    state: NOT_BEGUN,
    owner: flowRun,
  });
}

/** One deeper than the deepest future the call waits for. */
export function depthOf(found: ArgumentDependencies, scope: RunScope): number {
  let depth = scope.taskRun?.depth === undefined ? 0 : scope.taskRun.depth + 1;
  for (const { future } of found.dependencies.futures) depth = Math.max(depth, future.depth + 1);
  return depth;
}

export interface Launch {
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly found: ArgumentDependencies;
  readonly future: TaskFuture<unknown>;
  readonly site: SubmissionSite;
  /** Told when the run has ended. */
  readonly onEnd?: (() => void) | undefined;
}

/** Begins the run of a future: Pending now, and to the task runner as soon as its dependencies are done. */
export function launch(launching: Launch): void {
  const { found, future, site } = launching;
  let run: TaskRun;
  try {
    run = newRunOf(launching);
  } catch (error) {
    settle(launching, runnerFailureState(error));
    return;
  }
  const { rename, update } = futureInternals();
  rename(future, run.name);
  run.onEnter = (state) => {
    rename(future, run.name);
    if (!state.isFinal()) update(future, state);
  };
  site.flowRun.beginTask(run);
  run.enter(Pending());
  const { closing } = site.flowRun;
  if (closing !== undefined && site.scope.taskRun === undefined) run.interrupt(closing);
  if (found.dependencies.futures.length === 0 && found.dependencies.lists.length === 0) {
    void runReady(launching, run);
  } else {
    whenDependenciesDone(found.dependencies, () => {
      completeInputs(found);
      site.resource.runInAsyncScope(() => void runReady(launching, run));
    });
  }
}

/** Never rejects: whatever happens becomes the state of the run and of its future. */
async function runReady(launching: Launch, run: TaskRun): Promise<void> {
  const { site } = launching;
  let state: State;
  try {
    state = await finalState(launching, run);
  } catch (error) {
    state = await endHere(launching, run, error);
  }
  if (state.data?.kind === "value")
    site.flowRun.noteOrigin(state.data.value, { input_type: "task_run", id: run.id });
  site.flowRun.endTask(run);
  run.onEnter = undefined;
  settle(launching, state);
}

/** The end of a run whose task runner did not bring it to one: interrupted, lost, or impossible to send. */
async function endHere({ definition, args, site }: Launch, run: TaskRun, error: unknown): Promise<State> {
  const reported = run.state;
  // It ended elsewhere, and only then its place was lost: nothing is lost but the error's details.
  if (reported?.isFinal() === true && !reported.isCompleted())
    return State.fromWire(reported.toWire(), { kind: "error", error });
  const state =
    run.interruption === undefined ? runnerFailureState(error) : stateOfInterruption(run.interruption);
  run.enter(state);
  await runTaskEndHooks({ run, definition, args, scope: site.scope });
  await flushIfDurable(run, definition);
  return state;
}

function settle({ future, site, onEnd }: Launch, state: State): void {
  if (!state.isCompleted()) site.flowRun.noteFailure(future);
  futureInternals().update(future, state);
  site.flowRun.endWork();
  onEnd?.();
}

function newRunOf({ definition, found, future, site }: Launch): TaskRun {
  return newTaskRun({
    definition,
    services: site.flowRun.services,
    scope: site.scope,
    inputs: found.inputs,
    depth: future.depth,
    id: future.taskRunId,
  });
}

/**
 * Comes to the task runner within the turn in which the last dependency settled, if the runner's session is open: so the
 * run is in the queue before a slot that this dependency gave back is given to somebody else.
 */
async function finalState({ definition, args, found, site }: Launch, run: TaskRun): Promise<State> {
  if (run.interruption !== undefined)
    return endInState({ run, definition }, stateOfInterruption(run.interruption));
  const failed = failedDependency(found.dependencies);
  if (failed !== undefined) return endInState({ run, definition }, notReadyState(failed));
  const session = site.flowRun.sessionNow ?? (await site.flowRun.session());
  const { needsResolving } = found.dependencies;
  const submission = new RunSubmission({ run, definition, args, needsResolving, site });
  const unlink = linkTaskSignal(run, definition);
  try {
    return await session.submit(submission);
  } catch (error) {
    submission.loseInnerRuns();
    throw error;
  } finally {
    unlink?.();
  }
}
