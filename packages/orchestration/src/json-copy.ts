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
  if (Array.isArray(value)) return value.map((item) => copyValue(item, depth) ?? null);
  if ("toJSON" in value && typeof value.toJSON === "function") return copyValue(value.toJSON(), depth);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const copied = copyValue(member, depth);
    if (copied === undefined) continue;
    if (key === "__proto__") defineProto(copy, copied);
    else copy[key] = copied;
  }
  return copy;
}

/** Assigning to `__proto__` would set the prototype instead of a member. */
function defineProto(copy: object, member: unknown): void {
  Object.defineProperty(copy, "__proto__", {
    value: member,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
