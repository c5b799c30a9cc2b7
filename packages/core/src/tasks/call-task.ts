/** A direct call of a task: it runs here and now, in the caller's process. */
import { resolveValue } from "../futures/dependencies.ts";
import { currentServices } from "../runtime/current-services.ts";
import { currentScope, type RunScope, slotOf } from "../runtime/run-scope.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import { Pending } from "../states/state-factories.ts";
import { failedDependency, notReadyState, whenDependenciesDone } from "./await-dependencies.ts";
import { endInState } from "./end-in-state.ts";
import { executeTaskRun } from "./execute-task-run.ts";
import { type ArgumentDependencies, completeInputs, dependenciesOf, newTaskRun } from "./new-task-run.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** Runs the task and gives its value. */
export async function callTask(definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> {
  const state = await callTaskForState(definition, args);
  return state.data?.kind === "value" && state.type === "COMPLETED" ? state.data.value : state.result();
}

/** Runs the task and gives its final state. */
export async function callTaskForState(definition: TaskDefinition, args: readonly unknown[]): Promise<State> {
  const scope = currentScope();
  scope?.flowRun?.beginWork();
  try {
    return await callInScope(definition, args, scope);
  } finally {
    scope?.flowRun?.endWork();
  }
}

async function callInScope(
  definition: TaskDefinition,
  args: readonly unknown[],
  scope: RunScope | undefined,
): Promise<State> {
  const services = scope?.taskRun?.services ?? scope?.flowRun?.services ?? (await currentServices());
  const found = dependenciesOf(definition, args, scope?.flowRun);
  const { dependencies, inputs } = found;
  const run = newTaskRun({ definition, services, scope, inputs, depth: scope?.taskRun?.depth ?? 0 });
  run.slot = slotOf(scope);
  run.enter(Pending());
  const call = { run, definition, scope };
  if (dependencies.futures.length === 0 && dependencies.lists.length === 0 && !dependencies.needsResolving) {
    return finish(call, await executeTaskRun({ ...call, args }));
  }
  return runWhenReady(call, args, found);
}

interface Call {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
  readonly scope: RunScope | undefined;
}

async function runWhenReady(
  call: Call,
  args: readonly unknown[],
  found: ArgumentDependencies,
): Promise<State> {
  const { dependencies } = found;
  const done = new Promise<void>((resolve) => whenDependenciesDone(dependencies, resolve));
  await call.run.lendSlotWhile(done);
  completeInputs(found);
  const failed = failedDependency(dependencies);
  if (failed !== undefined) return endInState(call, notReadyState(failed));
  const values = dependencies.needsResolving ? await Promise.all(args.map(resolveValue)) : args;
  return finish(call, await executeTaskRun({ ...call, args: values }));
}

function finish({ run }: Call, state: State): State {
  if (state.data?.kind === "value") {
    run.flowRun?.noteOrigin(state.data.value, { input_type: "task_run", id: run.id });
  }
  return state;
}
