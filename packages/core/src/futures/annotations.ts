/** Words around an argument that say how a task takes it. */
import type { TaskFuture } from "./task-future.ts";
import type { TaskFutureList } from "./task-future-list.ts";

let hasAnnotations = false;

/** Whether `allowFailure` or `quote` was ever used in this process: until then no argument is searched for them. */
export function annotationsExist(): boolean {
  return hasAnnotations;
}

/** In `map`: this argument is the same for every element. */
export class Unmapped<T> {
  readonly value: T;
  declare protected readonly unmappedType: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** Marks an argument of `map` that every element gets whole. */
export function unmapped<T>(value: T): Unmapped<T> {
  return new Unmapped(value);
}

/** A dependency that may fail. */
export class AllowFailure<T> {
  readonly value: T;
  declare protected readonly resolvedType: T;
  constructor(value: T) {
    this.value = value;
    hasAnnotations = true;
  }
}

/**
 * Lets the task run even if this future (any future of this list, any future in this value) does not complete; the task
 * then gets the error in place of the value.
 */
export function allowFailure<T>(future: TaskFuture<T>): AllowFailure<TaskFuture<T | Error>>;
export function allowFailure<T>(futures: TaskFutureList<T>): AllowFailure<TaskFutureList<T | Error>>;
export function allowFailure<T>(value: T): AllowFailure<T>;
export function allowFailure<T>(value: T): AllowFailure<T> {
  return new AllowFailure(value);
}

/** An argument that is not searched for futures. */
export class Quoted<T> {
  readonly value: T;
  declare protected readonly quotedType: T;
  constructor(value: T) {
    this.value = value;
    hasAnnotations = true;
  }
}

/** Passes a value as it is: no search for futures in it. Use it for large nested data. */
export function quote<T>(value: T): Quoted<T> {
  return new Quoted(value);
}

/** In `map`: an iterable of iterables, to be mapped over their elements. */
export class Flattened<T> {
  readonly value: unknown;
  declare protected readonly elementType: T;
  constructor(value: unknown) {
    this.value = value;
  }
}

type Nested<T> =
  | Iterable<Iterable<T> | PromiseLike<Iterable<T>>>
  | AsyncIterable<Iterable<T> | PromiseLike<Iterable<T>>>;

/** Un-nests one level in `map`: `clean.map(flatten(pages))` maps over the elements of every page. */
export function flatten<T>(value: Iterable<Iterable<T>>): Flattened<T>;
export function flatten<T>(value: Nested<T> | PromiseLike<Nested<T>>): Flattened<T>;
export function flatten<T>(value: Nested<T> | PromiseLike<Nested<T>>): Flattened<T> {
  return new Flattened<T>(value);
}
