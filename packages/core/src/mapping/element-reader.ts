/** Reading the elements of a `map` one after the other, whatever they come from. */
import type { TaskFuture } from "../futures/task-future.ts";
import { futureOfListAt, TaskFutureList } from "../futures/task-future-list.ts";

/** The value of one parameter in one element. */
export interface MapElement {
  readonly value: unknown;
  /** The future whose value it was taken out of. */
  readonly from?: TaskFuture<unknown> | undefined;
}

export interface ElementReader {
  /** `undefined` at the end. */
  next(): Promise<MapElement | undefined>;
  /** Lets the iterator clean up behind itself, if it has not come to its end. */
  close(): Promise<void>;
}

/** Whether a value can be read element by element; strings are values here, not iterables of characters. */
export function isReadable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}

/** Reads what an iterable gives. Futures among it stay futures. */
export function iterableReader(iterable: Iterable<unknown> | AsyncIterable<unknown>): ElementReader {
  if (iterable instanceof TaskFutureList) return futureReader(iterable);
  const iterator =
    Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  return new IteratorReader(iterator, (value) => ({ value }));
}

/** Reads the futures of a list, whose iterator would wait for their values. */
function futureReader(list: TaskFutureList<unknown>): ElementReader {
  let index = 0;
  return {
    next: async () => {
      const step = await futureOfListAt(list, index++);
      return step.done === true ? undefined : { value: step.value };
    },
    close: async () => undefined,
  };
}

/** Reads what a generator of elements yields. */
export function generatorReader(generator: AsyncGenerator<MapElement>): ElementReader {
  return new IteratorReader(generator, (element) => element);
}

/** Reads an array by its indexes. */
export function arrayReader(items: ArrayLike<unknown>): ElementReader {
  let index = 0;
  return {
    next: async () => (index < items.length ? { value: items[index++] } : undefined),
    close: async () => undefined,
  };
}

class IteratorReader<T> implements ElementReader {
  readonly #iterator: AsyncIterator<T> | Iterator<T>;
  readonly #toElement: (value: T) => MapElement;
  #hasEnded = false;
  #isReading = false;

  constructor(iterator: AsyncIterator<T> | Iterator<T>, toElement: (value: T) => MapElement) {
    this.#iterator = iterator;
    this.#toElement = toElement;
  }

  async next(): Promise<MapElement | undefined> {
    this.#isReading = true;
    try {
      const step = await this.#iterator.next();
      this.#hasEnded = step.done === true;
      return step.done === true ? undefined : this.#toElement(step.value);
    } catch (error) {
      this.#hasEnded = true;
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    // A generator that is still waiting for its next element would be waited for without end.
    if (this.#isReading) return;
    this.#hasEnded = true;
    await this.#iterator.return?.();
  }
}
