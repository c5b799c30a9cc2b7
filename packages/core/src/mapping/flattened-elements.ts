/** `flatten(…)` in a `map`: the elements of the elements. */
import { TaskFuture } from "../futures/task-future.ts";
import { TaskFutureList } from "../futures/task-future-list.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { isReadable, iterableReader, type MapElement } from "./element-reader.ts";

/**
 * The elements of every element of `outer`, in order. A future that did not complete is one element, so that what it
 * should have given is one run that is not ready, and the rest goes on.
 *
 * @throws {InvalidOptionError} when there is nothing to un-nest.
 */
export async function* flattenedElements(outer: unknown): AsyncGenerator<MapElement> {
  for await (const { value } of elementsOf(outer)) yield* elementsOf(value);
}

async function* elementsOf(given: unknown): AsyncGenerator<MapElement> {
  if (given instanceof TaskFuture) {
    const state = await given.wait();
    if (!state.isCompleted()) yield { value: given };
    else yield* readAll(await state.result(), given);
  } else {
    yield* readAll(isPlainPromise(given) ? await given : given, undefined);
  }
}

async function* readAll(
  iterable: unknown,
  from: TaskFuture<unknown> | undefined,
): AsyncGenerator<MapElement> {
  if (!isReadable(iterable)) {
    const kind = iterable === null ? "null" : typeof iterable;
    throw new InvalidOptionError(
      `flatten() needs an iterable of iterables, but found a value of type ${kind} in place of an iterable.`,
    );
  }
  const reader = iterableReader(iterable);
  try {
    for (let element = await reader.next(); element !== undefined; element = await reader.next()) {
      yield from === undefined ? element : { value: element.value, from };
    }
  } finally {
    await reader.close();
  }
}

/** Lists of futures are promises too, but are better read than awaited. */
function isPlainPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && !(value instanceof TaskFutureList);
}
