/** Defining and calling tasks. */
import type { TaskFuture } from "../futures/task-future.ts";
import type { TaskFutureList } from "../futures/task-future-list.ts";
import type { MapArguments, TaskArguments } from "../futures/task-input.ts";
import { mapTask } from "../mapping/map-task.ts";
import type { State } from "../states/state.ts";
import { runTaskCall } from "../task-calls/run-task-call.ts";
import { callTask, callTaskForState } from "./call-task.ts";
import { captureSite } from "./definition-site.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";
import { submitTask } from "./submit-task.ts";
import { TaskDefinition } from "./task-definition.ts";
import { setTaskDefinition } from "./task-definitions.ts";
import { TASK_ENGINE } from "./task-engine.ts";
import { checkTaskOptions, type TaskOptions } from "./task-options.ts";

/**
 * A step of a flow. Call it to run it here and get its value; `submit` and `map` hand runs to the flow's task runner.
 * Futures among the arguments are waited for first.
 */
export interface Task<Args extends unknown[], R> {
  /** Runs the task here and gives its value; rejects with what the task threw, after its retries. */
  (...args: TaskArguments<Args>): Promise<R>;
  readonly name: string;
  /** The task's name and a hash of its source. */
  readonly key: string;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  /** The plain function: called so, nothing is recorded, retried or cached. */
  readonly fn: (...args: Args) => R | Promise<R>;
  /** Hands a run to the task runner and returns at once. */
  submit(...args: TaskArguments<Args>): TaskFuture<R>;
  /**
   * Hands one run per element of the iterable arguments to the task runner, lazily and in a bounded window.
   *
   * @throws {MappingLengthMismatchError} when iterables differ in length.
   * @throws {MappingMissingIterableError} when no argument is iterable.
   */
  map(...args: MapArguments<Args>): TaskFutureList<R>;
  /** Runs the task here and gives its final state instead of its value; never rejects because the task failed. */
  returnState(...args: TaskArguments<Args>): Promise<State<R>>;
  /** The same task with other options. */
  withOptions(options: TaskOptions<Args>): Task<Args, R>;
}

/**
 * Makes a task of a function.
 *
 * @throws {InvalidOptionError} when an option has a value that cannot work.
 */
export function task<Args extends unknown[], R>(fn: (...args: Args) => R): Task<Args, Awaited<R>>;
export function task<Args extends unknown[], R>(
  options: TaskOptions<Args>,
  fn: (...args: Args) => R,
): Task<Args, Awaited<R>>;
export function task<Args extends unknown[], R>(
  ...definition: [(...args: Args) => R] | [TaskOptions<Args>, (...args: Args) => R]
): Task<Args, Awaited<R>> {
  const [options, fn] = definition.length === 1 ? [{}, definition[0]] : definition;
  if (typeof fn !== "function") {
    throw new InvalidOptionError("task(options, fn) needs a function as its last argument.");
  }
  const name = options.name ?? fn.name.replaceAll("_", "-");
  if (name === "" && options.name === undefined) {
    throw new InvalidOptionError(
      "A task made of a function without a name needs the option name: task({ name }, fn).",
    );
  }
  checkTaskOptions(name, { ...options, name });
  return callable(new TaskDefinition({ fn, options, name, site: captureSite(task), base: undefined }));
}

function callable<Args extends unknown[], R>(definition: TaskDefinition): Task<Args, R> {
  const call = (...args: unknown[]): Promise<R> => callTask(definition, args) as Promise<R>;
  const members = {
    name: { value: definition.name },
    key: { get: () => definition.key },
    description: { value: definition.options.description },
    tags: { value: definition.options.tags ?? [] },
    fn: { value: definition.fn },
    submit: { value: (...args: unknown[]) => submitTask(definition, args) },
    map: { value: (...args: unknown[]) => mapTask(definition, args) },
    returnState: { value: (...args: unknown[]) => callTaskForState(definition, args) },
    withOptions: { value: (options: TaskOptions<never>) => callable(withOptions(definition, options)) },
  };
  const result = Object.defineProperties(call, { ...members, [TASK_ENGINE]: { value: runTaskCall } }) as Task<
    Args,
    R
  >;
  setTaskDefinition(result, definition);
  return result;
}

function withOptions(definition: TaskDefinition, changes: TaskOptions<never>): TaskDefinition {
  const name = changes.name ?? definition.name;
  const options = { ...definition.options, ...changes };
  checkTaskOptions(name, options);
  return new TaskDefinition({
    fn: definition.fn,
    options,
    name,
    site: definition.site,
    base: definition.base ?? definition,
  });
}
