/** The arguments of a `map`, element by element, read from several sources in step. */
import type { TaskInput } from "@sluice/protocol";
import type { TaskFuture } from "../futures/task-future.ts";
import type { ElementReader, MapElement } from "./element-reader.ts";
import { type KnownSource, knownSource, type MapSource, readerOf } from "./map-source.ts";
import { MappingLengthMismatchError, MappingMissingIterableError } from "./mapping-errors.ts";

/** The arguments of one element. */
export interface MapRow {
  readonly args: readonly unknown[];
  /** Parameters whose value is a part of what a run gave. */
  readonly origins: readonly { readonly name: string; readonly origin: TaskInput }[];
  /** Futures that arguments were taken out of. */
  readonly sources: readonly TaskFuture<unknown>[];
}

export class MapRows {
  readonly #taskName: string;
  readonly #sources: readonly KnownSource[];
  readonly #readers: readonly (ElementReader | undefined)[];
  #index = 0;

  private constructor(taskName: string, sources: readonly KnownSource[]) {
    this.#taskName = taskName;
    this.#sources = sources;
    this.#readers = sources.map(readerOf);
  }

  /**
   * Waits for futures among the sources. When one of them did not complete, the one row is that future: its run is then
   * not ready, as that of any task that depends on a failed one.
   *
   * @throws {MappingMissingIterableError} when none of them has elements.
   */
  static async open(taskName: string, sources: readonly MapSource[]): Promise<MapRows> {
    const known = await Promise.all(sources.map(knownSource));
    if (known.includes(undefined)) return new MapRows(taskName, sources.map(failedElement));
    const usable = known.filter((source) => source !== undefined);
    if (usable.every((source) => source.kind === "static")) {
      throw new MappingMissingIterableError(taskName, usable);
    }
    return new MapRows(taskName, usable);
  }

  /**
   * `undefined` at the end.
   *
   * @throws {MappingLengthMismatchError} when some sources end before others.
   */
  async next(): Promise<MapRow | undefined> {
    const elements = await Promise.all(this.#readers.map(async (reader) => reader?.next()));
    const ended = elements.map((element, at) => this.#readers[at] !== undefined && element === undefined);
    if (!ended.includes(true)) {
      this.#index += 1;
      return this.#row(elements);
    }
    if (this.#readers.every((reader, at) => reader === undefined || ended[at])) return undefined;
    throw new MappingLengthMismatchError(this.#taskName, this.#lengths(ended));
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map(async (reader) => reader?.close()));
  }

  #row(elements: readonly (MapElement | undefined)[]): MapRow {
    const args: unknown[] = [];
    const origins: { name: string; origin: TaskInput }[] = [];
    const sources: TaskFuture<unknown>[] = [];
    for (const [at, source] of this.#sources.entries()) {
      const element = elements[at];
      if (source.kind === "static") {
        args.push(source.value);
        continue;
      }
      args.push(element?.value);
      const from = element?.from ?? source.from;
      if (from !== undefined) sources.push(from);
      const origin = from === undefined ? source.origin : edgeFrom(from);
      if (origin !== undefined) origins.push({ name: source.name, origin });
    }
    return { args, origins, sources };
  }

  #lengths(ended: readonly boolean[]): { name: string; length: number | undefined }[] {
    return this.#sources.flatMap(({ name }, at) =>
      this.#readers[at] === undefined ? [] : [{ name, length: ended[at] ? this.#index : undefined }],
    );
  }
}

function edgeFrom(future: TaskFuture<unknown>): TaskInput {
  return { input_type: "task_run", id: future.taskRunId };
}

/** The source of a row that cannot run: the failed future where it belongs, nothing elsewhere. */
function failedElement(source: MapSource): KnownSource {
  const { name } = source;
  return source.kind === "future"
    ? { name, kind: "array", items: [source.future] }
    : { name, kind: "static", value: undefined };
}
