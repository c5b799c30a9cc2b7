/** Finds what narrows a list to a few objects, so that memory need not be searched from end to end. */
import type { Condition, MemberOf } from "../conditions.ts";

/** The values one of which `member` must have for the condition to hold; undefined when it does not say so. */
export function requiredValues<T>(
  where: Condition<T> | undefined,
  member: MemberOf<T>,
): ReadonlySet<string> | undefined {
  if (where?.type === "one-of" && where.member === member) return new Set(where.values);
  if (where?.type !== "all") return undefined;
  for (const condition of where.conditions) {
    const values = requiredValues(condition, member);
    if (values !== undefined) return values;
  }
  return undefined;
}
