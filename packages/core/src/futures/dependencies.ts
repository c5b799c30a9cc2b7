/** Finds the futures among a call's arguments, and later puts their values in their place. */
import type { TaskInput } from "@sluice/protocol";
import { errorOfState } from "../states/state-result.ts";
import { AllowFailure, Quoted } from "./annotations.ts";
import { futureInternals, TaskFuture } from "./task-future.ts";
import { TaskFutureList } from "./task-future-list.ts";

/** A future that must be done before the call, and whether it may have failed. */
export interface Dependency {
  readonly future: TaskFuture<unknown>;
  readonly mayFail: boolean;
}

/** A mapped list whose futures are not all known yet. */
export interface ListDependency {
  readonly list: TaskFutureList<unknown>;
  readonly mayFail: boolean;
}

/** What one value depends on. */
export interface Dependencies {
  readonly futures: Dependency[];
  readonly lists: ListDependency[];
  /** Whether the value must be rebuilt before the call: it has futures or annotations in it. */
  needsResolving: boolean;
}

export function noDependencies(): Dependencies {
  return { futures: [], lists: [], needsResolving: false };
}

/** Adds what `value` depends on: futures in it, at any depth of arrays, plain objects, maps and sets. */
export function collectDependencies(value: unknown, into: Dependencies): void {
  walk(value, { into, mayFail: false, seen: undefined });
}

/** The edges of the graph that a parameter's dependencies are, as far as they are known. */
export function inputsOf(dependencies: Dependencies): TaskInput[] {
  const ids = new Set(dependencies.futures.map(({ future }) => future.taskRunId));
  for (const { list } of dependencies.lists) {
    for (const future of list.known()) ids.add(future.taskRunId);
  }
  return [...ids].map((id) => ({ input_type: "task_run", id }));
}

/**
 * `value` with every done future replaced by its value (a failed one under `allowFailure` by its error) and every
 * annotation removed. Containers without futures stay the same objects.
 */
export async function resolveValue(value: unknown): Promise<unknown> {
  return rebuild(value, new Map());
}

interface Walk {
  readonly into: Dependencies;
  readonly mayFail: boolean;
  seen: Set<object> | undefined;
}

function walk(value: unknown, state: Walk): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof TaskFuture) {
    state.into.futures.push({ future: value, mayFail: state.mayFail });
    state.into.needsResolving = true;
  } else if (value instanceof TaskFutureList) {
    collectList(value, state);
  } else if (value instanceof AllowFailure) {
    state.into.needsResolving = true;
    walk(value.value, { ...state, mayFail: true });
  } else if (value instanceof Quoted) {
    state.into.needsResolving = true;
  } else {
    walkContainer(value, state);
  }
}

function collectList(list: TaskFutureList<unknown>, state: Walk): void {
  state.into.needsResolving = true;
  if (list.isComplete) {
    for (const future of list.known()) state.into.futures.push({ future, mayFail: state.mayFail });
  } else {
    state.into.lists.push({ list, mayFail: state.mayFail });
  }
}

function walkContainer(value: object, state: Walk): void {
  const members = membersOf(value);
  if (members === undefined) return;
  state.seen ??= new Set();
  if (state.seen.has(value)) return;
  state.seen.add(value);
  for (const member of members) {
    if (typeof member === "object" && member !== null) walk(member, state);
  }
}

/** The values inside a container that is searched; `undefined` for anything else (class instances, buffers, dates …). */
function membersOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return Object.values(value);
  if (value instanceof Map || value instanceof Set) return value.values();
  return undefined;
}

async function rebuild(value: unknown, done: Map<object, unknown>): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof TaskFuture) return doneValue(value);
  if (value instanceof TaskFutureList) return Promise.all([...value.known()].map(doneValue));
  if (value instanceof AllowFailure) return rebuild(value.value, done);
  if (value instanceof Quoted) return value.value;
  if (membersOf(value) === undefined) return value;
  if (done.has(value)) return done.get(value);
  const dependencies = noDependencies();
  collectDependencies(value, dependencies);
  if (!dependencies.needsResolving) return value;
  return rebuildContainer(value, done);
}

async function rebuildContainer(value: object, done: Map<object, unknown>): Promise<unknown> {
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    done.set(value, copy);
    for (const member of value) copy.push(await rebuild(member, done));
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    done.set(value, copy);
    for (const [key, member] of value) copy.set(key, await rebuild(member, done));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    done.set(value, copy);
    for (const member of value) copy.add(await rebuild(member, done));
    return copy;
  }
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(value));
  done.set(value, copy);
  for (const [key, member] of Object.entries(value)) copy[key] = await rebuild(member, done);
  return copy;
}

/** The value of a done future; its error if it did not complete (it was allowed to, or it would not have come here). */
async function doneValue(future: TaskFuture<unknown>): Promise<unknown> {
  const state = futureInternals().peek(future);
  return state.isCompleted() ? state.result() : errorOfState(state);
}
