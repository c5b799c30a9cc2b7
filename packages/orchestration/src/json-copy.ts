/** Copies by value with the semantics of JSON, several times faster than `structuredClone` or a round trip through text. */
import { InvalidRequestError } from "@sluice/protocol";

const MAX_DEPTH = 500;

/**
 * A copy of what `JSON.stringify` and `JSON.parse` would make of `value`: `undefined`, functions and symbols are left
 * out (null in arrays), `toJSON` is honoured, numbers that JSON lacks become null.
 * @throws {InvalidRequestError} when the value holds a bigint, refers to itself, or is nested deeper than 500 levels.
 */
export function jsonCopy<T>(value: T): T {
  // The copy has the type of the original wherever the original was JSON, which is what stored types are made of.
  return copyValue(value, 0) as T;
}

function copyValue(value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "object") return copyObject(value, depth + 1);
  if (typeof value === "bigint") {
    throw new InvalidRequestError(
      `The bigint ${value} cannot be kept as JSON; send it as text or as a number.`,
    );
  }
  return undefined;
}

function copyObject(value: object, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw new InvalidRequestError(
      `A value is nested deeper than ${MAX_DEPTH} levels or refers to itself, so it cannot be kept as JSON; send a flat one.`,
    );
  }
  if (Array.isArray(value)) return Array.from(value, (item) => copyValue(item, depth) ?? null);
  if ("toJSON" in value && typeof value.toJSON === "function") return copyValue(value.toJSON(), depth);
  return copyMembers(value, depth);
}

/** Spreading is what engines copy fastest, and it takes a member called `__proto__` for what it is. */
function copyMembers(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...value };
  for (const key of Object.keys(copy)) {
    const member = copy[key];
    if (typeof member === "string" || member === null) continue;
    const copied = copyValue(member, depth);
    if (copied === undefined) delete copy[key];
    else if (copied !== member) copy[key] = copied;
  }
  return copy;
}
