/** `map`: one run per element, begun lazily in a bounded window. */
import type { TaskInput } from "@sluice/protocol";
import { futureInternals } from "../futures/task-future.ts";
import { type TaskFutureList, taskFutureListBuilder } from "../futures/task-future-list.ts";
import { Failed } from "../states/state-factories.ts";
import { dependenciesOf } from "../tasks/new-task-run.ts";
import { describe } from "../tasks/runner-failure.ts";
import {
  depthOf,
  type Launch,
  launch,
  newFuture,
  type SubmissionSite,
  submissionSite,
} from "../tasks/submit-task.ts";
import type { TaskDefinition } from "../tasks/task-definition.ts";
import { type MapRow, MapRows } from "./map-rows.ts";
import { type MapSource, mapSource } from "./map-source.ts";
import { MappingLengthMismatchError, MappingMissingIterableError } from "./mapping-errors.ts";

const DEFAULT_WINDOW = 1000;

/** Hands one run per element to the task runner. */
export function mapTask(definition: TaskDefinition, args: readonly unknown[]): TaskFutureList<unknown> {
  const site = submissionSite(definition, "map()");
  const { flowRun } = site;
  const sources = args.map((arg, at) => mapSource(definition.parameterName(at), arg, flowRun.originOf(arg)));
  if (sources.every((source) => source.kind === "static")) {
    throw new MappingMissingIterableError(definition.name, sources);
  }
  const window = definition.options.mapWindow ?? DEFAULT_WINDOW;
  const mapping: Mapping = { definition, site, sources, window, builder: taskFutureListBuilder<unknown>() };
  const arrays = sources.filter((source) => source.kind === "array");
  const lengths = arrays.map(({ name, items }) => ({ name, length: items.length }));
  const [first] = lengths;
  if (lengths.some(({ length }) => length !== first?.length)) {
    throw new MappingLengthMismatchError(definition.name, lengths);
  }
  const isKnown = sources.every((source) => source.kind === "array" || source.kind === "static");
  if (isKnown) mapArrays(mapping, first?.length ?? 0);
  else void mapLazily(mapping);
  return mapping.builder.list;
}

interface Mapping {
  readonly definition: TaskDefinition;
  readonly site: SubmissionSite;
  readonly sources: readonly MapSource[];
  readonly window: number;
  readonly builder: ReturnType<typeof taskFutureListBuilder<unknown>>;
}

type ElementCall = Pick<Launch, "args" | "found" | "future">;

/** All futures exist at once; their runs begin as the window allows. */
function mapArrays(mapping: Mapping, length: number): void {
  const { builder, definition, site } = mapping;
  const calls: (ElementCall | undefined)[] = Array.from({ length }, (_, index) =>
    elementCall(mapping, arrayRow(mapping.sources, index)),
  );
  for (const call of calls) if (call !== undefined) builder.add(call.future);
  builder.end();
  let next = 0;
  let open = 0;
  let isFilling = false;
  const fill = (): void => {
    // A run that ends while it is launched (its task's name is taken) must not fill from within: that is a recursion.
    if (isFilling) return;
    isFilling = true;
    while (open < mapping.window && next < length) {
      const call = calls[next] as ElementCall;
      calls[next] = undefined;
      next += 1;
      open += 1;
      launch({ definition, site, ...call, onEnd });
    }
    isFilling = false;
  };
  const onEnd = (): void => {
    open -= 1;
    fill();
  };
  site.resource.runInAsyncScope(fill);
}

function arrayRow(sources: readonly MapSource[], index: number): MapRow {
  const args: unknown[] = [];
  const origins: { name: string; origin: TaskInput }[] = [];
  for (const source of sources) {
    if (source.kind === "array") {
      args.push(source.items[index]);
      if (source.origin !== undefined) origins.push({ name: source.name, origin: source.origin });
    } else {
      args.push(source.kind === "static" ? source.value : undefined);
    }
  }
  return { args, origins, sources: [] };
}

function elementCall({ definition, site }: Mapping, { args, origins, sources }: MapRow): ElementCall {
  const found = dependenciesOf(definition, args, site.flowRun);
  for (const { name, origin } of origins) found.inputs[name] ??= [origin];
  const depth = Math.max(depthOf(found, site.scope), ...sources.map((future) => future.depth + 1));
  return { args, found, future: newFuture(definition, depth, site.flowRun) };
}

/** Reads the sources step by step. Never rejects: an element that cannot be made is a failed future, the last one. */
async function mapLazily(mapping: Mapping): Promise<void> {
  const { builder, definition, site } = mapping;
  site.flowRun.beginWork();
  try {
    const rows = await MapRows.open(definition.name, mapping.sources);
    try {
      await launchRows(mapping, rows);
    } finally {
      await rows.close();
    }
  } catch (error) {
    builder.add(failedFuture(definition, site, error));
  } finally {
    builder.end();
    site.flowRun.endWork();
  }
}

/** A place in the window is free before an element is read, so that the source is never read further than the window. */
async function launchRows(mapping: Mapping, rows: MapRows): Promise<void> {
  const { builder, definition, site } = mapping;
  const window = new Window(mapping.window);
  for (;;) {
    await window.enter();
    if (isStopped(site)) return;
    const row = await rows.next();
    if (row === undefined) return;
    const call = elementCall(mapping, row);
    builder.add(call.future);
    site.resource.runInAsyncScope(() => launch({ definition, site, ...call, onEnd: () => window.leave() }));
  }
}

function isStopped({ flowRun, scope }: SubmissionSite): boolean {
  return (flowRun.interruption ?? flowRun.closing) !== undefined && scope.isShielded !== true;
}

/** The future of an element that could not be made. */
function failedFuture(
  definition: TaskDefinition,
  { flowRun }: SubmissionSite,
  error: unknown,
): ReturnType<typeof newFuture> {
  const future = newFuture(definition, 0, flowRun);
  flowRun.noteFailure(future);
  const message = `An element of map() of task "${definition.name}" could not be made: ${describe(error)}`;
  futureInternals().update(future, Failed({ message, data: error }));
  flowRun.endWork();
  return future;
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
