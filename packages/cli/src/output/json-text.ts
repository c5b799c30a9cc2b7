/** Values as JSON, with what JSON has no word for. */

/** `value` as JSON; a `bigint` becomes a number. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, member) => (typeof member === "bigint" ? Number(member) : member),
    indent,
  );
}
