/** `map`: one run per element, begun lazily in a bounded window. */
import type { TaskInput } from "@sluice/protocol";
import { Flattened, Quoted, Unmapped } from "../futures/annotations.ts";
import { futureInternals, TaskFuture } from "../futures/task-future.ts";
import { TaskFutureList, taskFutureListBuilder } from "../futures/task-future-list.ts";
import { MappingLengthMismatchError, MappingMissingIterableError } from "./mapping-errors.ts";
import { dependenciesOf } from "./new-task-run.ts";
import { runnerFailureState } from "./runner-failure.ts";
import { depthOf, launch, newFuture, type SubmissionSite, submissionSite } from "./submit-task.ts";
import type { TaskDefinition } from "./task-definition.ts";

const DEFAULT_WINDOW = 1000;

/** Hands one run per element to the task runner. */
export function mapTask(definition: TaskDefinition, args: readonly unknown[]): TaskFutureList<unknown> {
  const site = submissionSite(definition, "map()");
  const sources = args.map((arg, index) => sourceOf(arg, definition.parameterName(index), site));
  if (sources.every((source) => source.kind === "static"))
    throw new MappingMissingIterableError(definition, sources);
  const mapping: Mapping = {
    definition,
    site,
    sources,
    window: definition.options.mapWindow ?? DEFAULT_WINDOW,
    builder: taskFutureListBuilder<unknown>(),
  };
  const lengths = sources.flatMap((source) =>
    source.kind === "array" ? [{ ...source, length: source.items.length }] : [],
  );
  if (lengths.some(({ length }) => length !== lengths[0]?.length)) {
    throw new MappingLengthMismatchError(definition.name, lengths);
  }
  const isLazy = sources.some((source) => source.kind === "lazy");
  if (isLazy) void mapLazily(mapping);
  else mapArrays(mapping, lengths[0]?.length ?? 0);
  return mapping.builder.list;
}

interface Mapping {
  readonly definition: TaskDefinition;
  readonly site: SubmissionSite;
  readonly sources: readonly Source[];
  readonly window: number;
  readonly builder: ReturnType<typeof taskFutureListBuilder<unknown>>;
}

/** Where one parameter's values come from. */
export type Source = { readonly name: string } & (
  | { readonly kind: "static"; readonly value: unknown }
  | { readonly kind: "array"; readonly items: ArrayLike<unknown>; readonly origin?: TaskInput | undefined }
  | { readonly kind: "lazy"; open(): AsyncIterator<unknown> | Iterator<unknown> }
);

function sourceOf(arg: unknown, name: string, site: SubmissionSite): Source {
  if (arg instanceof Unmapped) return { name, kind: "static", value: arg.value };
  if (arg instanceof Quoted) return { name, kind: "static", value: arg };
  if (arg instanceof Flattened) return { name, kind: "lazy", open: () => flattened(arg.value, site) };
  if (arg instanceof TaskFutureList) {
    if (arg.isComplete) return { name, kind: "array", items: arg.known() };
    return { name, kind: "lazy", open: () => arg[Symbol.asyncIterator]() };
  }
  if (arg instanceof TaskFuture) return { name, kind: "lazy", open: () => elementsOfFuture(arg, name) };
  if (Array.isArray(arg) || (ArrayBuffer.isView(arg) && !(arg instanceof DataView))) {
    return { name, kind: "array", items: arg as ArrayLike<unknown>, origin: site.flowRun.originOf(arg) };
  }
  return iterableSource(arg, name) ?? { name, kind: "static", value: arg };
}

/** Strings are values here, not iterables of characters. */
function iterableSource(arg: unknown, name: string): Source | undefined {
  if (typeof arg !== "object" || arg === null) return undefined;
  if (Symbol.asyncIterator in arg) {
    return { name, kind: "lazy", open: () => (arg as AsyncIterable<unknown>)[Symbol.asyncIterator]() };
  }
  if (Symbol.iterator in arg) {
    return { name, kind: "lazy", open: () => (arg as Iterable<unknown>)[Symbol.iterator]() };
  }
  return undefined;
}

/** All futures exist at once; their runs begin as the window allows. */
function mapArrays(mapping: Mapping, length: number): void {
  const { builder, definition, site, sources } = mapping;
  const calls = Array.from({ length }, (_, index) => {
    const args = sources.map((source) =>
      source.kind === "array" ? source.items[index] : staticValue(source),
    );
    return elementCall(mapping, args);
  });
  for (const call of calls) builder.add(call.future);
  builder.end();
  let next = 0;
  let open = 0;
  const fill = (): void => {
    while (open < mapping.window && next < length) {
      const call = calls[next] as ElementCall;
      calls[next] = undefined as never;
      next += 1;
      open += 1;
      launch({ definition, site, ...call, onEnd });
    }
  };
  const onEnd = (): void => {
    open -= 1;
    fill();
  };
  site.resource.runInAsyncScope(fill);
}

type ElementCall = Pick<Parameters<typeof launch>[0], "args" | "found" | "future">;

function elementCall({ definition, site, sources }: Mapping, args: readonly unknown[]): ElementCall {
  const found = dependenciesOf(definition, args, site.flowRun);
  for (const source of sources) {
    // Elements of an array that a task gave come from that task.
    if (source.kind === "array" && source.origin !== undefined) found.inputs[source.name] ??= [source.origin];
  }
  return { args, found, future: newFuture(definition, depthOf(found, site.scope), site.flowRun) };
}

function staticValue(source: Source): unknown {
  return source.kind === "static" ? source.value : undefined;
}

/** Reads the sources step by step, one element ahead of the window. Never rejects: a source that throws is a failed element. */
async function mapLazily(mapping: Mapping): Promise<void> {
  const { builder, definition, site } = mapping;
  site.flowRun.beginWork();
  const window = new Window(mapping.window);
  try {
    for await (const args of rows(mapping)) {
      const call = elementCall(mapping, args);
      builder.add(call.future);
      await window.enter();
      site.resource.runInAsyncScope(() => launch({ definition, site, ...call, onEnd: () => window.leave() }));
      if ((site.flowRun.interruption ?? site.flowRun.closing) !== undefined) break;
    }
  } catch (error) {
    const future = newFuture(definition, 0, site.flowRun);
    builder.add(future);
    site.flowRun.noteFailure(future);
    futureInternals().update(future, runnerFailureState(error));
    site.flowRun.endWork();
  } finally {
    builder.end();
    site.flowRun.endWork();
  }
}

/** The arguments of one element after the other. */
async function* rows({ sources, definition }: Mapping): AsyncGenerator<unknown[]> {
  const iterators = sources.map((source) => (source.kind === "static" ? undefined : open(source)));
  try {
    for (let index = 0; ; index += 1) {
      const steps = await Promise.all(iterators.map((iterator) => iterator?.next()));
      const ended = steps.filter((step) => step?.done === true).length;
      if (ended > 0) {
        const mapped = sources.filter((source) => source.kind !== "static");
        if (ended === mapped.length) return;
        throw new MappingLengthMismatchError(
          definition.name,
          sources.flatMap((source, at) =>
            source.kind === "static"
              ? []
              : [{ name: source.name, length: steps[at]?.done === true ? index : undefined }],
          ),
        );
      }
      yield sources.map((source, at) => (source.kind === "static" ? source.value : steps[at]?.value));
    }
  } finally {
    for (const iterator of iterators) await iterator?.return?.();
  }
}

function open(source: Source & { kind: "array" | "lazy" }): AsyncIterator<unknown> | Iterator<unknown> {
  return source.kind === "lazy" ? source.open() : Array.from(source.items)[Symbol.iterator]();
}

async function* elementsOfFuture(future: TaskFuture<unknown>, name: string): AsyncGenerator<unknown> {
  const value = await future;
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
    throw new MappingMissingIterableError({ name: future.taskRunName }, [{ name, kind: "static", value }]);
  }
  yield* value as Iterable<unknown>;
}

/** The elements of the elements. */
async function* flattened(value: unknown, site: SubmissionSite): AsyncGenerator<unknown> {
  const outer = value instanceof TaskFuture ? await value : value;
  for await (const inner of outer as AsyncIterable<unknown>) {
    const elements = await (inner as PromiseLike<Iterable<unknown>>);
    for (const element of elements) yield element;
    if (site.flowRun.interruption !== undefined) return;
  }
}

/** A counter of open runs that can be waited at. */
class Window {
  readonly #size: number;
  #open = 0;
  #waker: (() => void) | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  async enter(): Promise<void> {
    while (this.#open >= this.#size) await new Promise<void>((resolve) => (this.#waker = resolve));
    this.#open += 1;
  }

  leave(): void {
    this.#open -= 1;
    this.#waker?.();
    this.#waker = undefined;
  }
}
