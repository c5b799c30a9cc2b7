/** The errors of `map`. */
import { SluiceError } from "@sluice/protocol";
import type { MapSource } from "./map-source.ts";

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
  constructor(taskName: string, sources: readonly MapSource[]) {
    const shown =
      sources.map((source) => `${source.name} is ${kindOf(source)}`).join(", ") || "there are no arguments";
    super(
      "MAPPING_MISSING_ITERABLE",
      `map() of task "${taskName}" got nothing to map over (${shown}). Pass at least one array, iterable or async iterable; use submit() for one run.`,
      { details: { taskName } },
    );
  }
}

function kindOf(source: MapSource): string {
  if (source.kind !== "static") return "iterable";
  const { value } = source;
  if (value === null) return "null";
  if (Array.isArray(value)) return "an unmapped array";
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  return `an object of class ${value.constructor?.name ?? "null"}`;
}
