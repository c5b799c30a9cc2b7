/** What kind of value something is, whichever realm (vm context, worker) it was made in. */
import { types } from "node:util";

/** Kinds that every serialiser carries without help, and `other` for what needs a rich type or cannot be carried. */
export type ValueKind =
  | "primitive"
  | "array"
  | "object"
  | "map"
  | "set"
  | "date"
  | "regexp"
  | "buffer"
  | "other";

/**
 * The kind of a value. `object` is an object literal, not an instance of a class. An instance of a class that extends one of the built-in ones is `other`, since it would come back
 * as something less.
 */
export function kindOf(value: unknown): ValueKind {
  if (typeof value === "function" || typeof value === "symbol") return "other";
  if (typeof value !== "object" || value === null) return "primitive";
  const prototypes = prototypesOf(value);
  if (prototypes === 1) return "object";
  return prototypes === 2 ? builtInKind(value) : "other";
}

function builtInKind(value: object): ValueKind {
  if (Array.isArray(value)) return "array";
  if (types.isMap(value)) return "map";
  if (types.isSet(value)) return "set";
  if (types.isDate(value)) return "date";
  if (types.isRegExp(value)) return "regexp";
  if (types.isArrayBuffer(value)) return "buffer";
  return "other";
}

/** How long the chain of prototypes is: 1 for `{}`, 2 for `[]` and a `Map`, 3 for an instance of a class extending those. */
function prototypesOf(value: object): number {
  let count = 0;
  for (
    let current = Object.getPrototypeOf(value);
    current !== null;
    current = Object.getPrototypeOf(current)
  ) {
    count += 1;
  }
  return count;
}
