/** Resource managers: set-up and clean-up as task runs of their own. */
import { currentScope, runShielded } from "../runtime/run-scope.ts";
import { callTask } from "../tasks/call-task.ts";
import { captureSite, type DefinitionSite } from "../tasks/definition-site.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { TaskDefinition } from "../tasks/task-definition.ts";
import { checkTaskOptions, type TaskOptions } from "../tasks/task-options.ts";

/** Options of the tasks of a resource: none about results, as a resource is never taken from a cache. */
export type ResourceTaskOptions<Args extends readonly unknown[]> = Omit<
  TaskOptions<Args>,
  "name" | `cache${string}` | `result${string}` | "refreshCache" | "persistResult" | "onCommit" | "onRollback"
>;

export interface ResourceOptions<Args extends unknown[], R> {
  /** Name of the resource; its task runs are `<name>.setup` and `<name>.cleanup`. */
  readonly name: string;
  /** Makes the resource. */
  readonly setup: (...args: Args) => R | Promise<R>;
  /** Frees it. Runs once if set-up did, also when the flow fails or is cancelled. */
  readonly cleanup: (resource: R) => unknown;
  /** Options of the set-up task. */
  readonly setupOptions?: ResourceTaskOptions<Args> | undefined;
  /** Options of the clean-up task. */
  readonly cleanupOptions?: ResourceTaskOptions<[R]> | undefined;
}

/** A resource that is set up. With `await using` it is freed at the end of the block. */
export interface HeldResource<R> extends AsyncDisposable {
  readonly value: R;
  /** Frees the resource; a second call waits for the first. */
  cleanup(): Promise<void>;
}

export interface Resource<Args extends unknown[], R> {
  readonly name: string;
  /** Sets the resource up: `await using cluster = await dask(4)`. */
  (...args: Args): Promise<HeldResource<R>>;
  /** Sets the resource up, runs `work` with it, frees it, whatever `work` does. */
  use<T>(args: Args, work: (resource: R) => T | Promise<T>): Promise<T>;
}

/**
 * Makes a resource manager (Prefect 1's `resource_manager`). Set-up and clean-up are recorded as task runs. Clean-up runs
 * once for every set-up that gave a resource: at the end of `use` or of the `await using` block, at the latest when the
 * flow's function has ended, whether it returned, threw, timed out or was cancelled. Where nobody waits for a set-up any
 * more (it timed out, or went on after its run was cancelled) its resource is freed as soon as it is there.
 *
 * @throws {AggregateError} from `use`, when both the work and the clean-up fail.
 * @throws {InvalidOptionError} when the name or one of the functions is missing.
 */
export function resource<Args extends unknown[], R>(options: ResourceOptions<Args, R>): Resource<Args, R> {
  const { name, setup, cleanup } = options;
  if (typeof name !== "string" || typeof setup !== "function" || typeof cleanup !== "function") {
    throw new InvalidOptionError("resource({ name, setup, cleanup }) needs a name and two functions.");
  }
  const site = captureSite(resource);
  const setupTask = definition({ name: `${name}.setup`, fn: setup, options: options.setupOptions, site });
  const cleanupTask = definition({
    name: `${name}.cleanup`,
    fn: cleanup,
    options: options.cleanupOptions,
    site,
  });
  const open = async (...args: Args): Promise<Held<R>> => {
    let held: Held<R> | undefined;
    const keep = async (...given: Args): Promise<R> => {
      const attempt = currentAttempt();
      const value = await setup(...given);
      const own = hold(value, () => runShielded(() => callTask(cleanupTask, [value])));
      if (attempt.isAwaited()) held = own;
      // A clean-up that fails is a failed task run, which tells of it.
      else own.cleanup().catch(() => undefined);
      return value;
    };
    await callTask(setupTask.wrappedBy(keep), args);
    if (held === undefined) throw new RangeError(`The set-up of ${name} ended without a resource.`);
    return held;
  };
  const use = async <T>(args: Args, work: (resource: R) => T | Promise<T>): Promise<T> => {
    const held = await open(...args);
    return held.use(work);
  };
  return Object.defineProperty(Object.assign(open, { use }), "name", { value: name });
}

interface TaskOfResource {
  readonly name: string;
  readonly fn: (...args: never[]) => unknown;
  readonly options: ResourceTaskOptions<never> | undefined;
  readonly site: () => DefinitionSite | undefined;
}

function definition({ name, fn, options, site }: TaskOfResource): TaskDefinition {
  const taskOptions = { ...options, persistResult: false, name };
  checkTaskOptions(name, taskOptions);
  return new TaskDefinition({ fn, options: taskOptions, name, site, base: undefined });
}

/** The attempt of a task run that the calling code belongs to. */
function currentAttempt(): { isAwaited(): boolean } {
  const run = currentScope()?.taskRun;
  const { runCount } = run ?? {};
  return {
    isAwaited: () =>
      run?.runCount === runCount && run?.state?.isRunning() === true && run.interruption?.kind !== "timeout",
  };
}

interface Held<R> extends HeldResource<R> {
  use<T>(work: (resource: R) => T | Promise<T>): Promise<T>;
}

/** Sees to it that the clean-up runs once, at the latest when the flow run's function has ended. */
function hold<R>(value: R, cleanupOnce: () => Promise<unknown>): Held<R> {
  const flowRun = currentScope()?.flowRun;
  let cleaning: Promise<unknown> | undefined;
  const cleanup = async (): Promise<void> => {
    cleaning ??= cleanupOnce().finally(() => flowRun?.forgetCleanup(cleanup));
    await cleaning;
  };
  flowRun?.addCleanup(cleanup);
  const use = async <T>(work: (resource: R) => T | Promise<T>): Promise<T> => {
    let result: T;
    try {
      result = await work(value);
    } catch (error) {
      await cleanup().catch((cleanupError: unknown) => {
        throw new AggregateError(
          [error, cleanupError],
          "The work with a resource and its clean-up both failed.",
        );
      });
      throw error;
    }
    await cleanup();
    return result;
  };
  return { value, cleanup, use, [Symbol.asyncDispose]: cleanup };
}
