/** Where the elements of a `map` come from, one parameter after the other. */
import type { TaskInput } from "@sluice/protocol";
import { AllowFailure, Flattened, Quoted, Unmapped } from "../futures/annotations.ts";
import { TaskFuture } from "../futures/task-future.ts";
import { TaskFutureList } from "../futures/task-future-list.ts";
import {
  arrayReader,
  type ElementReader,
  generatorReader,
  isReadable,
  iterableReader,
} from "./element-reader.ts";
import { flattenedElements } from "./flattened-elements.ts";

/**
 * One parameter of a `map`: the same value for every element, an array whose length is known now, something that is read
 * as the map goes on, or a future of any of these.
 */
export type MapSource = { readonly name: string } & (
  | { readonly kind: "static"; readonly value: unknown }
  | ({ readonly kind: "array"; readonly items: ArrayLike<unknown> } & Provenance)
  | ({ readonly kind: "lazy"; open(): ElementReader } & Provenance)
  | { readonly kind: "future"; readonly future: TaskFuture<unknown>; readonly mayFail: boolean }
);

interface Provenance {
  /** The run whose value the elements are parts of. */
  readonly origin?: TaskInput | undefined;
  /** The future whose value they are parts of. */
  readonly from?: TaskFuture<unknown> | undefined;
}

/** A source that is no future any more. */
export type KnownSource = Exclude<MapSource, { readonly kind: "future" }>;

/** What an argument of `map` is; `origin` is the run whose value it is, if that is known. */
export function mapSource(name: string, arg: unknown, origin?: TaskInput): MapSource {
  if (arg instanceof Unmapped) return { name, kind: "static", value: arg.value };
  if (arg instanceof Quoted) return { name, kind: "static", value: arg };
  if (arg instanceof AllowFailure) return tolerantSource(name, arg);
  if (arg instanceof Flattened) {
    return { name, kind: "lazy", open: () => generatorReader(flattenedElements(arg.value)) };
  }
  if (arg instanceof TaskFuture) return { name, kind: "future", future: arg, mayFail: false };
  const elements = iterableSource(name, arg);
  return elements === undefined ? { name, kind: "static", value: arg } : { ...elements, origin };
}

/**
 * What a future turned out to be: its elements, or itself where it gave one value. `undefined` when it did not complete
 * and was not allowed to.
 */
export async function knownSource(source: MapSource): Promise<KnownSource | undefined> {
  if (source.kind !== "future") return source;
  const { name, future, mayFail } = source;
  const state = await future.wait();
  if (!state.isCompleted()) {
    return mayFail ? { name, kind: "static", value: new AllowFailure(future) } : undefined;
  }
  const elements = iterableSource(name, await state.result());
  if (elements === undefined) return { name, kind: "static", value: future };
  return { ...elements, from: future };
}

/** Reads a source from its beginning; `undefined` for one that has no elements. */
export function readerOf(source: KnownSource): ElementReader | undefined {
  switch (source.kind) {
    case "static":
      return undefined;
    case "array":
      return arrayReader(source.items);
    case "lazy":
      return source.open();
  }
}

function iterableSource(
  name: string,
  arg: unknown,
): (KnownSource & { readonly kind: "array" | "lazy" }) | undefined {
  if (arg instanceof TaskFutureList && arg.isComplete) return { name, kind: "array", items: arg.known() };
  if (Array.isArray(arg) || (ArrayBuffer.isView(arg) && !(arg instanceof DataView))) {
    return { name, kind: "array", items: arg as ArrayLike<unknown> };
  }
  return isReadable(arg) ? { name, kind: "lazy", open: () => iterableReader(arg) } : undefined;
}

/** `allowFailure(…)`: every element may fail. */
function tolerantSource(name: string, arg: AllowFailure<unknown>): MapSource {
  const source = mapSource(name, arg.value);
  const tolerant = (value: unknown): unknown => new AllowFailure(value);
  switch (source.kind) {
    case "static":
      return { ...source, value: arg };
    case "future":
      return { ...source, mayFail: true };
    case "array":
      return { ...source, items: Array.from(source.items, tolerant) };
    case "lazy":
      return { ...source, open: () => changedReader(source.open(), tolerant) };
  }
}

function changedReader(reader: ElementReader, change: (value: unknown) => unknown): ElementReader {
  return {
    next: async () => {
      const element = await reader.next();
      return element && { ...element, value: change(element.value) };
    },
    close: () => reader.close(),
  };
}
