/** Which run the current code belongs to; the one thing that `AsyncLocalStorage` holds. */
import { AsyncLocalStorage } from "node:async_hooks";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import type { FlowRun } from "./flow-run.ts";
import type { HeldSlot } from "./held-slot.ts";
import type { TaskRun } from "./task-run.ts";

export interface RunScope {
  readonly flowRun: FlowRun | undefined;
  readonly taskRun: TaskRun | undefined;
  /** Tags that runs begun here get. */
  readonly tags: readonly string[];
  /** Whether runs begun here go on although the flow run is told to stop: clean-up. */
  readonly isShielded?: boolean | undefined;
}

const storage = new AsyncLocalStorage<RunScope>();

/** The scope of the calling code, `undefined` outside any run and `tags(...)` block. */
export function currentScope(): RunScope | undefined {
  return storage.getStore();
}

/** Runs `work` in a scope. */
export function runInScope<R>(scope: RunScope, work: () => R): R {
  return storage.run(scope, work);
}

/**
 * Runs begun inside `work` get these tags too: `await tags("nightly", "eu", async () => { … })`.
 *
 * @throws {InvalidOptionError} when the last argument is no function, or another one no string.
 */
export function tags<R>(...args: [...names: string[], work: () => R]): R {
  const work = args.at(-1);
  const names = args.slice(0, -1).filter((name) => typeof name === "string");
  if (typeof work !== "function" || names.length !== args.length - 1) {
    throw new InvalidOptionError(
      "tags(…names, work) needs a function as its last argument, and strings before it.",
    );
  }
  const scope = storage.getStore();
  const merged = [...new Set([...(scope?.tags ?? []), ...names])];
  return storage.run({ flowRun: undefined, taskRun: undefined, ...scope, tags: merged }, work);
}

/** Runs `work` so that the runs it begins are not interrupted with the runs around them. */
export function runShielded<R>(work: () => R): R {
  const scope = storage.getStore();
  return storage.run(
    { flowRun: scope?.flowRun, taskRun: scope?.taskRun, tags: scope?.tags ?? [], isShielded: true },
    work,
  );
}

/** The slot that code in this scope occupies: its task's, or that of the task which called its flow. */
export function slotOf(scope: RunScope | undefined): HeldSlot | undefined {
  return scope?.taskRun === undefined ? scope?.flowRun?.slot : scope.taskRun.slot;
}

/** Waits for `done` while other tasks may use the slot that the calling code occupies. */
export function lendSlotWhile<T>(done: Promise<T>): Promise<T> {
  return slotOf(storage.getStore())?.lendWhile(done) ?? done;
}
