/** The futures of a `map`, in the order of its elements. */
import { SluiceError } from "@sluice/protocol";
import type { State } from "../states/state.ts";
import { type FutureResultOptions, futureInternals, type TaskFuture } from "./task-future.ts";
import { type WaitOptions, waitWithLimits } from "./wait-with-limits.ts";

interface ListBuilder<T> {
  readonly list: TaskFutureList<T>;
  add(future: TaskFuture<T>): void;
  /** No more elements come. */
  end(): void;
}

let futureAt: <T>(
  list: TaskFutureList<T>,
  index: number,
) => Promise<IteratorResult<TaskFuture<T>, undefined>>;

let builder: <T>() => ListBuilder<T>;

/**
 * The runs of a `map`. Await it for the array of values, or read the values one by one with `for await`; iterate it
 * (`for`, `Promise.all`, `at`) for the futures, once they are all known; pass it to another `map` to chain element by
 * element, or to a task that takes the whole array. When a lazy source throws, the element that could not be read is a failed future.
 */
export class TaskFutureList<T> implements AsyncIterable<T>, Iterable<TaskFuture<T>>, PromiseLike<T[]> {
  readonly #futures: TaskFuture<T>[] = [];
  #isComplete = false;
  #wakers: (() => void)[] = [];

  /** Whether every element is known: at once for arrays, at the end of the source for lazy iterables. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * Number of elements.
   *
   * @throws {SluiceError} code `UNFINISHED_RUN` while a lazy source has not ended.
   */
  get length(): number {
    this.#assertComplete("length");
    return this.#futures.length;
  }

  /** The future of one element; negative indexes count from the end. `undefined` when it is not known (yet). */
  at(index: number): TaskFuture<T> | undefined {
    return this.#futures.at(index);
  }

  /** The futures known so far. */
  known(): readonly TaskFuture<T>[] {
    return this.#futures;
  }

  /** @throws {SluiceError} code `UNFINISHED_RUN` while a lazy source has not ended; use `for await` then. */
  [Symbol.iterator](): Iterator<TaskFuture<T>> {
    this.#assertComplete("for … of");
    return this.#futures[Symbol.iterator]();
  }

  /** The values in order, each as soon as it is there; throws at the first run that did not complete. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let index = 0; ; index += 1) {
      const { value: future } = await this.#futureAt(index);
      if (future === undefined) return;
      yield await future.result();
    }
  }

  async #futureAt(index: number): Promise<IteratorResult<TaskFuture<T>, undefined>> {
    while (index >= this.#futures.length && !this.#isComplete) await this.#change();
    const value = this.#futures[index];
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  // biome-ignore lint/suspicious/noThenProperty: a list of futures is awaitable by design
  then<A = T[], B = never>(
    onValue?: ((value: T[]) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onValue, onError);
  }

  /** Waits for all and gives their values in order; rejects with the first error in order. */
  async result(): Promise<T[]>;
  async result(options: FutureResultOptions & { readonly raiseOnFailure?: true | undefined }): Promise<T[]>;
  async result(options: FutureResultOptions): Promise<(T | Error)[]>;
  async result(options: FutureResultOptions = {}): Promise<unknown[]> {
    const states = await this.wait(options);
    const values: unknown[] = [];
    for (const state of states) values.push(await state.result({ raiseOnFailure: options.raiseOnFailure }));
    return values;
  }

  /** Waits for all and gives their final states in order; never rejects because a run failed. */
  async wait(options: WaitOptions = {}): Promise<State<T>[]> {
    const { isDone, markObserved, peek } = futureInternals();
    for (const future of this.#futures) markObserved(future);
    if (!this.#isComplete || !this.#futures.every(isDone)) {
      await waitWithLimits(this.#allDone(), "A map", options);
    }
    return this.#futures.map(peek);
  }

  async #allDone(): Promise<void> {
    const { isDone, markObserved, onDone } = futureInternals();
    for (let index = 0; ; index += 1) {
      const { value: future } = await this.#futureAt(index);
      if (future === undefined) return;
      markObserved(future);
      if (!isDone(future)) await new Promise<void>((resolve) => onDone(future, resolve));
    }
  }

  #assertComplete(what: string): void {
    if (this.#isComplete) return;
    throw new SluiceError(
      "UNFINISHED_RUN",
      `${what} needs all futures of a map, but its source is lazy and has not ended. Use "for await", or await the list first.`,
    );
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const waker of wakers) waker();
  }

  static {
    futureAt = (list, index) => list.#futureAt(index);
    builder = <E>(): ListBuilder<E> => {
      const list = new TaskFutureList<E>();
      return {
        list,
        add: (future) => {
          list.#futures.push(future);
          if (list.#wakers.length > 0) list.#wake();
        },
        end: () => {
          list.#isComplete = true;
          list.#wake();
        },
      };
    };
  }
}

/** A new list and the engine's hands on it. */
export function taskFutureListBuilder<T>(): ListBuilder<T> {
  return builder<T>();
}

/** Waits until the future at `index` is known, or the end of the list. The engine's way to read a list while it grows. */
export function futureOfListAt<T>(
  list: TaskFutureList<T>,
  index: number,
): Promise<IteratorResult<TaskFuture<T>, undefined>> {
  return futureAt(list, index);
}
