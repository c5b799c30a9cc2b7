/** From a task to a reference by which another process finds it, and back. */
import { fileURLToPath } from "node:url";
import type { Task } from "../tasks/task.ts";
import type { TaskDefinition } from "../tasks/task-definition.ts";
import { findTaskDefinition } from "../tasks/task-definitions.ts";
import { engineOf } from "../tasks/task-engine.ts";
import type { TaskOptions } from "../tasks/task-options.ts";
import type { TaskReference } from "./task-call.ts";
import { TaskReferenceError } from "./task-reference-error.ts";

/** A reference, and the definition that it leads to: the task itself or the one that `withOptions` started from. */
export interface FoundTask {
  readonly reference: TaskReference;
  readonly referenced: TaskDefinition;
}

/** How long a module may take to give its exports, being loaded already. */
const MODULE_PATIENCE_MS = 300;

const found = new WeakMap<TaskDefinition, Promise<FoundTask>>();

/**
 * Looks for the export that is this task in the modules whose code defined it.
 *
 * @throws {TaskReferenceError} when none exports it.
 */
export function findReference(definition: TaskDefinition): Promise<FoundTask> {
  let finding = found.get(definition);
  if (finding === undefined) {
    finding = findInModules(definition);
    found.set(definition, finding);
  }
  return finding;
}

/**
 * The task behind a reference.
 *
 * @throws {TaskReferenceError} when the module cannot be loaded here or does not export the task.
 */
export async function findTask(reference: TaskReference): Promise<Task<never, unknown>> {
  return taskOfModule(reference, await loadModule(reference));
}

/** The definition of a task of this copy, with changed options. */
export function definitionWith(task: Task<never, unknown>, changes: TaskOptions<never>): TaskDefinition {
  const changed = Object.keys(changes).length === 0 ? task : task.withOptions(changes);
  return findTaskDefinition(changed) as TaskDefinition;
}

async function findInModules(definition: TaskDefinition): Promise<FoundTask> {
  const modules = definition.site()?.modules ?? [];
  let cause: unknown;
  for (const module of modules) {
    const exports = await exportsOf(module).catch((error: unknown) => {
      cause = error;
      return {};
    });
    if (exports === "being evaluated") return referenceByKey(definition, module);
    const entry = nearestExport(definition, exports);
    if (entry === undefined) continue;
    const [exportName, referenced] = entry;
    return { reference: referenceTo(referenced, module, exportName), referenced };
  }
  const [module] = modules;
  throw new TaskReferenceError(
    definition.name,
    `${module === undefined ? "the module that defines it is unknown" : `${pathOf(module)} does not export it`}. Define the task at the top level of its module and export it (export const … = task(…)), not inside a function; a task that must be a closure needs a task runner that works in process.`,
    { module, cause },
  );
}

/** The export that is the task, else the one it was derived from, else another one derived from that. */
function nearestExport(
  definition: TaskDefinition,
  exports: Record<string, unknown>,
): readonly [exportName: string, referenced: TaskDefinition] | undefined {
  const tasks: (readonly [string, TaskDefinition])[] = [];
  for (const [name, value] of Object.entries(withCommonJs(exports))) {
    const candidate = findTaskDefinition(value);
    if (candidate !== undefined) tasks.push([name, candidate]);
  }
  const root = rootOf(definition);
  return (
    tasks.find(([, task]) => task === definition) ??
    tasks.find(([, task]) => task === root) ??
    tasks.find(([, task]) => rootOf(task) === root)
  );
}

function rootOf(definition: TaskDefinition): TaskDefinition {
  return definition.base ?? definition;
}

function referenceTo(
  referenced: TaskDefinition,
  module: string,
  exportName: string | undefined,
): TaskReference {
  return {
    module: module.replace(/\?.*$/, ""),
    exportName,
    taskName: referenced.name,
    taskKey: referenced.key,
  };
}

/** A script that awaits its flow at its top level is evaluated for as long as the flow runs. */
function referenceByKey(definition: TaskDefinition, module: string): FoundTask {
  const referenced = rootOf(definition);
  return { reference: referenceTo(referenced, module, undefined), referenced };
}

/** The exports of a module that is loaded already; importing it again would wait for the end of its evaluation. */
async function exportsOf(module: string): Promise<Record<string, unknown> | "being evaluated"> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<"being evaluated">((resolve) => {
    timer = setTimeout(() => resolve("being evaluated"), MODULE_PATIENCE_MS);
  });
  try {
    return await Promise.race([import(module) as Promise<Record<string, unknown>>, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Modules that were loaded for calls: asking Node again for one takes 20 µs, with a loader such as tsx 300 µs. */
const loaded = new Map<string, Promise<Record<string, unknown>>>();

async function loadModule({ module, taskName }: TaskReference): Promise<Record<string, unknown>> {
  let loading = loaded.get(module);
  if (loading === undefined) {
    loading = import(module) as Promise<Record<string, unknown>>;
    loaded.set(module, loading);
  }
  try {
    return await loading;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new TaskReferenceError(taskName, `${pathOf(module)} could not be loaded there: ${words}`, {
      module,
      cause: error,
    });
  }
}

function taskOfModule(
  { exportName, module, taskName, taskKey }: TaskReference,
  namespace: Record<string, unknown>,
): Task<never, unknown> {
  const exports = withCommonJs(namespace);
  if (exportName === undefined) {
    const task = Object.values(exports).find((value) => isTask(value) && value.key === taskKey);
    if (isTask(task)) return task;
    throw new TaskReferenceError(
      taskName,
      `${pathOf(module)} does not export it. Export it at the module's top level (export const … = task(…)).`,
      { module },
    );
  }
  const value = exports[exportName];
  if (isTask(value)) return value;
  const problem =
    exportName in exports
      ? `the export ${exportName} is not a task there`
      : `there is no export ${exportName} there`;
  throw new TaskReferenceError(
    taskName,
    `${problem}, in ${pathOf(module)}. The file has changed since the flow loaded it; start the flow again.`,
    { module },
  );
}

/** What a loader makes of CommonJS is sometimes but a default export. */
function withCommonJs(namespace: Record<string, unknown>): Record<string, unknown> {
  const { default: only } = namespace;
  return typeof only === "object" ? { ...only, ...namespace } : namespace;
}

/** Whether a value is a task, of whatever copy of this package. */
function isTask(value: unknown): value is Task<never, unknown> {
  return engineOf(value) !== undefined;
}

function pathOf(module: string): string {
  return module.startsWith("file://") ? fileURLToPath(module.replace(/\?.*$/, "")) : module;
}
