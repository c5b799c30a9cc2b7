/** Which state a flow run ends in (Prefect 3's rule, stricter in one point). */
import { collectDependencies, noDependencies, resolveValue } from "../futures/dependencies.ts";
import type { TaskFuture } from "../futures/task-future.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { stateOfInterruption } from "../runtime/interruption.ts";
import { FailedRunError } from "../states/run-errors.ts";
import { State } from "../states/state.ts";
import { Completed, Failed } from "../states/state-factories.ts";
import { errorOfState } from "../states/state-result.ts";
import { describe } from "../tasks/runner-failure.ts";

/** What the flow's function gave. */
export type FlowEnding = { readonly value: unknown } | { readonly error: unknown };

/**
 * - It was told to stop (cancelled, timed out, its process stopped) → what that says, whatever it gave.
 * - It threw → Failed with that error.
 * - It returned a state → that state.
 * - It returned futures or states (alone, in arrays, objects, maps or sets) → Completed if all completed, else Failed with the count.
 * - Anything else → Completed, unless a submitted task failed and nobody looked at its future: then Failed, as a failure
 *   must not pass in silence. (Prefect 3 completes here.)
 */
export async function finalFlowState(flowRun: FlowRun, ending: FlowEnding): Promise<State> {
  if (flowRun.interruption !== undefined) return stateOfInterruption(flowRun.interruption);
  if ("error" in ending) return stateOfThrow(ending.error);
  const { value } = ending;
  if (value instanceof State) return value.isFinal() ? value : notFinal(value);
  const states = await statesIn(value, flowRun);
  if (states.length > 0) return stateOfStates(value, states);
  const unseen = flowRun.unseenFailures();
  return unseen.length === 0 ? Completed({ data: value }) : stateOfUnseen(unseen);
}

function stateOfThrow(error: unknown): State {
  return Failed({ message: `Flow run encountered an exception: ${describe(error)}`, data: error });
}

function notFinal(state: State): State {
  return Failed({
    message: `The flow returned a state that is not final: ${state}. Return Completed(), Failed() or another final state.`,
  });
}

async function statesIn(value: unknown, flowRun: FlowRun): Promise<State[]> {
  const states = [...membersOf(value)].filter((member) => member instanceof State);
  if (!flowRun.hasFutures) return states;
  const found = noDependencies();
  collectDependencies(value, found);
  for (const { list } of found.lists) states.push(...(await list.wait()));
  for (const { future } of found.futures) states.push(await future.wait());
  return states;
}

/** What is in an array, plain object, map or set; nothing for any other value. */
function membersOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return value.values();
  return isPlainObject(value) ? Object.values(value) : [];
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

async function stateOfStates(value: unknown, states: readonly State[]): Promise<State> {
  const bad = states.filter((state) => !state.isCompleted());
  const [first] = bad;
  if (first === undefined) {
    return Completed({ data: await resolvedReturn(value), message: "All states completed." });
  }
  const message = `${bad.length}/${states.length} states did not complete; the first: ${first}`;
  return Failed({ message, data: new FailedRunError(message, { cause: errorOfState(first) }) });
}

/** The returned value with futures and states replaced by their values. */
async function resolvedReturn(value: unknown): Promise<unknown> {
  const resolved = await resolveValue(value);
  if (![...membersOf(resolved)].some((member) => member instanceof State)) return resolved;
  const values = (members: Iterable<unknown>): Promise<unknown[]> =>
    Promise.all(Array.from(members, stateValue));
  if (Array.isArray(resolved)) return values(resolved);
  if (resolved instanceof Set) return new Set(await values(resolved));
  if (resolved instanceof Map) return new Map(zip(resolved.keys(), await values(resolved.values())));
  return isPlainObject(resolved)
    ? Object.fromEntries(zip(Object.keys(resolved), await values(Object.values(resolved))))
    : resolved;
}

function zip<K>(keys: Iterable<K>, values: readonly unknown[]): [K, unknown][] {
  return Array.from(keys, (key, index) => [key, values[index]]);
}

function stateValue(value: unknown): unknown {
  return value instanceof State ? value.result() : value;
}

function stateOfUnseen(unseen: readonly TaskFuture<unknown>[]): State {
  const [first] = unseen as [TaskFuture<unknown>];
  const message = `${unseen.length} submitted task run(s) did not complete and nothing awaited them; the first, ${first.taskRunName}: ${first.state}`;
  return Failed({ message, data: new FailedRunError(message, { cause: errorOfState(first.state) }) });
}
