/** Values that JSON carries as they are. */

/**
 * Whether `JSON.parse(JSON.stringify(value))` gives the value again, exactly: no undefined, no holes, no NaN or -0, no class
 * instances, no object that occurs twice.
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, new Set());
}

function isPlain(value: unknown, seen: Set<object>): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      return value === null || isPlainContainer(value, seen);
    case "undefined":
    case "bigint":
    case "symbol":
    case "function":
      return false;
  }
}

function isPlainContainer(container: object, seen: Set<object>): boolean {
  if (seen.has(container)) return false;
  seen.add(container);
  const prototype: unknown = Object.getPrototypeOf(container);
  if (Array.isArray(container) && prototype === Array.prototype) {
    // `every` skips holes.
    for (const item of container) if (!isPlain(item, seen)) return false;
    return true;
  }
  if (prototype !== Object.prototype || Object.getOwnPropertySymbols(container).length > 0) return false;
  return Object.values(container).every((item) => isPlain(item, seen));
}
