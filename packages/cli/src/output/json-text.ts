/** Values as JSON, with what JSON has no word for. */

/** `value` as JSON. A `bigint` becomes a number, a `Set` an array, a `Map` an object or, with other keys than text, pairs. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, member: unknown) => plain(member), indent);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Set) return [...value];
  if (!(value instanceof Map)) return value;
  const pairs = [...value];
  return pairs.every(([key]) => typeof key === "string") ? Object.fromEntries(pairs) : pairs;
}
