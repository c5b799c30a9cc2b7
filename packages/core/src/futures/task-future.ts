/** The promise of a task run's state and value. */
import type { State } from "../states/state.ts";
import { type WaitOptions, waitWithLimits } from "./wait-with-limits.ts";

export type { WaitOptions };

export interface FutureResultOptions extends WaitOptions {
  /** Whether a run that did not complete rejects (default) or gives its error as the value. */
  readonly raiseOnFailure?: boolean | undefined;
}

/** What a future tells its owner: somebody looks at the outcome, so a failure will not go unseen. */
export interface FutureOwner {
  observed(future: TaskFuture<unknown>): void;
}

interface FutureInternals {
  update<T>(future: TaskFuture<T>, state: State<T>): void;
  rename(future: TaskFuture<unknown>, name: string): void;
  onDone(future: TaskFuture<unknown>, callback: () => void): void;
  isDone(future: TaskFuture<unknown>): boolean;
  isObserved(future: TaskFuture<unknown>): boolean;
  markObserved(future: TaskFuture<unknown>): void;
  peek<T>(future: TaskFuture<T>): State<T>;
}

let internals: FutureInternals;

/**
 * A submitted task run. Await it for the value (rejects as the task did), pass it to other tasks as a dependency, or
 * ask its `state`. A failing future that nobody awaits never crashes the process; the flow run sees it at its end.
 */
export class TaskFuture<T> implements PromiseLike<T> {
  readonly taskRunId: string;
  /** How many futures this one is behind, at most; what is deeper runs first. */
  readonly depth: number;
  #name: string;
  #state: State<T>;
  #isDone = false;
  #isObserved = false;
  #waiters: (() => void)[] | undefined;
  #owner: FutureOwner | undefined;

  /** @internal Made by `submit` and `map`. */
  constructor(init: FutureInit<T>) {
    this.taskRunId = init.taskRunId;
    this.#name = init.taskRunName;
    this.depth = init.depth;
    this.#state = init.state;
    this.#owner = init.owner;
  }

  /** Name of the run; before the run is made (a later element of a `map`), the task's name. */
  get taskRunName(): string {
    return this.#name;
  }

  /** The run's state as known here, without waiting. */
  get state(): State<T> {
    if (this.#isDone) this.#observe();
    return this.#state;
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaitable by design
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.result().catch(onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.result().finally(onSettled);
  }

  /** Waits for the end of the run and gives its value; see `State.result`. */
  async result(): Promise<T>;
  async result(options: FutureResultOptions & { readonly raiseOnFailure?: true | undefined }): Promise<T>;
  async result(options: FutureResultOptions): Promise<T | Error>;
  async result(options: FutureResultOptions = {}): Promise<unknown> {
    const state = await this.wait(options);
    return state.result({ raiseOnFailure: options.raiseOnFailure });
  }

  /** Waits for the end of the run and gives its final state; never rejects because the run failed. */
  async wait(options: WaitOptions = {}): Promise<State<T>> {
    this.#observe();
    if (!this.#isDone) {
      const done = new Promise<void>((resolve) => this.#onDone(resolve));
      await waitWithLimits(done, `Task run ${this.taskRunName}`, options);
    }
    return this.#state;
  }

  #onDone(callback: () => void): void {
    if (this.#isDone) callback();
    else if (this.#waiters === undefined) this.#waiters = [callback];
    else this.#waiters.push(callback);
  }

  #observe(): void {
    if (this.#isObserved) return;
    this.#isObserved = true;
    this.#owner?.observed(this);
    if (this.#isDone) this.#owner = undefined;
  }

  #settle(state: State<T>): void {
    this.#state = state;
    if (!state.isFinal() && state.name !== "NotReady") return;
    this.#isDone = true;
    if (this.#isObserved) this.#owner = undefined;
    const waiters = this.#waiters;
    this.#waiters = undefined;
    if (waiters !== undefined) for (const waiter of waiters) waiter();
  }

  static {
    internals = {
      update: (future, state) => future.#settle(state),
      rename: (future, name) => {
        future.#name = name;
      },
      onDone: (future, callback) => future.#onDone(callback),
      isDone: (future) => future.#isDone,
      isObserved: (future) => future.#isObserved,
      markObserved: (future) => future.#observe(),
      peek: (future) => future.#state,
    };
  }
}

export interface FutureInit<T> {
  readonly taskRunId: string;
  readonly taskRunName: string;
  readonly depth: number;
  readonly state: State<T>;
  readonly owner?: FutureOwner | undefined;
}

/** The engine's side of a future: what users of it must not do. */
export function futureInternals(): FutureInternals {
  return internals;
}
