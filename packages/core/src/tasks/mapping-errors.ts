/** The errors of `map`. */
import { SluiceError } from "@sluice/protocol";
import type { Source } from "./map-task.ts";

/** The iterables of a `map` have different lengths. */
export class MappingLengthMismatchError extends SluiceError {
  constructor(
    taskName: string,
    lengths: readonly { readonly name: string; readonly length: number | undefined }[],
  ) {
    const shown = lengths
      .map(({ name, length }) => `${name} has ${length === undefined ? "more" : length}`)
      .join(", ");
    super(
      "MAPPING_LENGTH_MISMATCH",
      `map() of task "${taskName}" got iterables of different lengths: ${shown}. Make them equal, or wrap what is the same for every element in unmapped().`,
      { details: { taskName } },
    );
  }
}

/** A `map` has nothing to map over. */
export class MappingMissingIterableError extends SluiceError {
  constructor(task: { readonly name: string }, sources: readonly Source[]) {
    const shown =
      sources.map((source) => `${source.name} is ${kindOf(source)}`).join(", ") || "there are no arguments";
    super(
      "MAPPING_MISSING_ITERABLE",
      `map() of task "${task.name}" got nothing to map over (${shown}). Pass at least one array, iterable or async iterable; use submit() for one run.`,
      { details: { taskName: task.name } },
    );
  }
}

function kindOf(source: Source): string {
  if (source.kind !== "static") return "iterable";
  const { value } = source;
  if (value === null) return "null";
  return Array.isArray(value) ? "an unmapped array" : `a ${typeof value}`;
}
