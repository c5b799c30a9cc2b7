/** The types of what a task's parameters accept beside plain values. */
import type { AllowFailure, Flattened, Quoted, Unmapped } from "./annotations.ts";
import type { TaskFuture } from "./task-future.ts";
import type { TaskFutureList } from "./task-future-list.ts";

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...args: never[]) => unknown);

/**
 * A value for a parameter of type `T`: the value, a future of it, or an array or object with futures inside. A list of
 * futures stands for the array of their values.
 */
export type Input<T> =
  | T
  | TaskFuture<T>
  | AllowFailure<TaskFuture<T>>
  | AllowFailure<T>
  | Quoted<T>
  | (T extends readonly (infer E)[] ? TaskFutureList<E> | AllowFailure<TaskFutureList<E>> : never)
  | (T extends Leaf ? never : T extends object ? { [K in keyof T]: Input<T[K]> } : never);

/** The arguments of a call or `submit`. */
export type TaskArguments<Args extends readonly unknown[]> = { [K in keyof Args]: Input<Args[K]> };

/** A source of elements for one mapped parameter. */
export type MapSource<T> =
  | Iterable<Input<T>>
  | AsyncIterable<Input<T>>
  | TaskFutureList<T>
  | TaskFuture<readonly T[]>
  | TaskFuture<Iterable<T>>
  | AllowFailure<TaskFutureList<T>>
  | Flattened<T>;

type StaticMapArgument<T> = T extends string ? T : T extends Iterable<unknown> ? never : T | TaskFuture<T>;

/** The arguments of `map`: per parameter a source of elements, or one value for all (`unmapped`, or anything that is not iterable). */
export type MapArguments<Args extends readonly unknown[]> = {
  [K in keyof Args]:
    | MapSource<Args[K]>
    | Unmapped<Input<Args[K]>>
    | Quoted<Args[K]>
    | StaticMapArgument<Args[K]>;
};
