/** Begins the run of a task: its identity, name, keys, tags and the edges that lead to it. */
import { randomId, type TaskInput } from "@sluice/protocol";
import { annotationsExist } from "../futures/annotations.ts";
import { collectDependencies, type Dependencies, inputsOf, noDependencies } from "../futures/dependencies.ts";
import type { TaskFuture } from "../futures/task-future.ts";
import type { TaskFutureList } from "../futures/task-future-list.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import type { RunScope } from "../runtime/run-scope.ts";
import { TaskRun } from "../runtime/task-run.ts";
import { DuplicateTaskNameError } from "./duplicate-task-name-error.ts";
import type { TaskDefinition } from "./task-definition.ts";

export interface NewTaskRun {
  readonly definition: TaskDefinition;
  readonly services: EngineServices;
  readonly scope: RunScope | undefined;
  readonly inputs: Record<string, TaskInput[]>;
  readonly depth: number;
  readonly id?: string | undefined;
}

/**
 * @throws {DuplicateTaskNameError} when the flow run already ran another task of this name.
 */
export function newTaskRun(init: NewTaskRun): TaskRun {
  const { definition, services, scope } = init;
  const flowRun = scope?.flowRun;
  if (flowRun !== undefined) assertUniqueName(definition, flowRun);
  const dynamicKey = flowRun?.nextDynamicKey(definition.key) ?? randomId().slice(0, 8);
  const parent = scope?.taskRun;
  if (parent !== undefined) init.inputs["__parents__"] = [{ input_type: "task_run", id: parent.id }];
  return new TaskRun({
    id: init.id,
    task: definition,
    empiricalPolicy: definition.empiricalPolicy(services.settings),
    name: `${definition.name}-${dynamicKey}`,
    dynamicKey,
    services,
    flowRun,
    parent,
    tags: mergedTags(definition.options.tags, scope?.tags),
    inputs: init.inputs,
    depth: init.depth,
    logsPrints: definition.options.logPrints ?? flowRun?.logsPrints ?? false,
    isShielded: scope?.isShielded ?? false,
  });
}

/** What the arguments of a call depend on, and the edges of the graph. */
export interface ArgumentDependencies {
  readonly dependencies: Dependencies;
  readonly inputs: Record<string, TaskInput[]>;
  /** Parameters with lazy lists in them: their edges are known only when the lists are complete. */
  readonly lateInputs: { readonly name: string; readonly own: Dependencies }[];
}

const NONE: Dependencies = Object.freeze(noDependencies());
const NO_LATE_INPUTS: ArgumentDependencies["lateInputs"] = [];

/** Draws the edges that were not known when the call was made. To be called when its dependencies are done. */
export function completeInputs({ inputs, lateInputs }: ArgumentDependencies): void {
  for (const { name, own } of lateInputs) inputs[name] = inputsOf(own);
}

/**
 * Looks for futures in the arguments (if the flow run ever made one, or an annotation was ever used) and for values that
 * came from earlier runs.
 */
export function dependenciesOf(
  definition: TaskDefinition,
  args: readonly unknown[],
  flowRun: FlowRun | undefined,
): ArgumentDependencies {
  const { waitFor } = definition.options;
  const searches = flowRun === undefined || flowRun.hasFutures || waitFor !== undefined || annotationsExist();
  const found: ArgumentDependencies = {
    dependencies: searches ? noDependencies() : NONE,
    inputs: {},
    lateInputs: searches ? [] : NO_LATE_INPUTS,
  };
  const { inputs } = found;
  for (let index = 0; index < args.length; index += 1) {
    const value = args[index];
    if (typeof value !== "object" || value === null) continue;
    const origin = flowRun?.originOf(value);
    if (origin !== undefined) inputs[definition.parameterName(index)] = [origin];
    else if (searches) collectParameter(definition.parameterName(index), value, found);
  }
  if (waitFor !== undefined && waitFor.length > 0) collectWaitFor(waitFor, found);
  return found;
}

function collectParameter(name: string, value: unknown, into: ArgumentDependencies): void {
  const own = noDependencies();
  collectDependencies(value, own);
  if (!own.needsResolving) return;
  into.dependencies.futures.push(...own.futures);
  into.dependencies.lists.push(...own.lists);
  into.dependencies.needsResolving = true;
  const edges = inputsOf(own);
  if (edges.length > 0) into.inputs[name] = edges;
  if (own.lists.length > 0) into.lateInputs.push({ name, own });
}

function collectWaitFor(
  waitFor: readonly (TaskFuture<unknown> | TaskFutureList<unknown>)[],
  into: ArgumentDependencies,
): void {
  const { needsResolving } = into.dependencies;
  collectParameter("wait_for", waitFor, into);
  // What is only waited for is no part of the arguments.
  into.dependencies.needsResolving = needsResolving;
}

function assertUniqueName(definition: TaskDefinition, flowRun: FlowRun): void {
  const base = definition.base ?? definition;
  const first = flowRun.claimTaskName(definition.name, base);
  if (first === base) return;
  const known = first as TaskDefinition;
  if (known.source !== definition.source) {
    throw new DuplicateTaskNameError(definition.name, known.site(), definition.site());
  }
}

const NO_TAGS: readonly string[] = Object.freeze([]);

function mergedTags(
  own: readonly string[] | undefined,
  ambient: readonly string[] | undefined,
): readonly string[] {
  if (ambient === undefined || ambient.length === 0) return own ?? NO_TAGS;
  return own === undefined ? ambient : [...new Set([...ambient, ...own])];
}
