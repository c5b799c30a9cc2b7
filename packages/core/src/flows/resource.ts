/** Resource managers: set-up and clean-up as task runs of their own. */
import { currentScope, runShielded } from "../runtime/run-scope.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { task } from "../tasks/task.ts";
import type { TaskOptions } from "../tasks/task-options.ts";

export interface ResourceOptions<Args extends unknown[], R> {
  /** Name of the resource; its task runs are `<name>.setup` and `<name>.cleanup`. */
  readonly name: string;
  /** Makes the resource. */
  readonly setup: (...args: Args) => R | Promise<R>;
  /** Frees it. Runs once if set-up did, also when the flow fails or is cancelled. */
  readonly cleanup: (resource: R) => unknown;
  /** Options of the set-up task. */
  readonly setupOptions?: Omit<TaskOptions<Args>, "name"> | undefined;
  /** Options of the clean-up task. */
  readonly cleanupOptions?: Omit<TaskOptions<[R]>, "name"> | undefined;
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
 * once for every set-up that completed: at the end of `use` or of the `await using` block, at the latest when the flow's
 * function has ended, whether it returned, threw, timed out or was cancelled.
 *
 * @throws {AggregateError} from `use`, when both the work and the clean-up fail.
 */
export function resource<Args extends unknown[], R>(options: ResourceOptions<Args, R>): Resource<Args, R> {
  const { name, setup, cleanup } = options;
  if (typeof name !== "string" || typeof setup !== "function" || typeof cleanup !== "function") {
    throw new InvalidOptionError("resource({ name, setup, cleanup }) needs a name and two functions.");
  }
  const setupTask = task({ ...options.setupOptions, name: `${name}.setup` }, setup);
  const cleanupTask = task({ ...options.cleanupOptions, name: `${name}.cleanup` }, cleanup);
  const open = async (...args: Args): Promise<Held<R>> => {
    const value = await setupTask(...(args as Parameters<typeof setupTask>));
    return hold(value, () => runShielded(() => cleanupTask(...([value] as Parameters<typeof cleanupTask>))));
  };
  const use = async <T>(args: Args, work: (resource: R) => T | Promise<T>): Promise<T> => {
    const held = await open(...args);
    return held.use(work);
  };
  return Object.defineProperty(Object.assign(open, { use }), "name", { value: name });
}

/** Hands the value out and sees to it that the clean-up runs once, at the latest when the flow run's function has ended. */
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

interface Held<R> extends HeldResource<R> {
  use<T>(work: (resource: R) => T | Promise<T>): Promise<T>;
}
