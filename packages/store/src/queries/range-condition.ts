/** What a condition asks of, so that it can be answered from where there is less to read. */
import { type Condition, type MemberOf, toMicroseconds } from "@sluice/orchestration";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import type { TimeRange } from "./counted-range.ts";

export const ALL_TIME: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
/** Nothing happens later than in the last second of years with four digits. */
const LATEST = Date.parse("9999-12-31T23:59:59.000Z") * 1000;

/** A condition on an instant, and on little else. */
export interface RangeCondition<T> {
  /** Undefined where the instant is not asked of, so that it may be missing. */
  readonly range: TimeRange | undefined;
  /** What has to hold beside. */
  readonly rest: Condition<T> | undefined;
}

/** What `where` means, if it asks of nothing but the instant `member` and the members `others`. */
export function rangeCondition<T>(
  where: Condition<T> | undefined,
  { member, others }: { readonly member: MemberOf<T>; readonly others: readonly MemberOf<T>[] },
): RangeCondition<T> | undefined {
  const rest: Condition<T>[] = [];
  let range: TimeRange | undefined;
  for (const condition of conjuncts(where)) {
    const limit = rangeOf(condition, member);
    if (limit !== undefined) range = intersection(range ?? ALL_TIME, limit);
    else if (concernsOnly(condition, others)) rest.push(condition);
    else return undefined;
  }
  return { range, rest: rest.length === 0 ? undefined : { type: "all", conditions: rest } };
}

/** Whether a condition asks of nothing but these members. */
export function concernsOnly<T>(where: Condition<T> | undefined, members: readonly MemberOf<T>[]): boolean {
  if (where === undefined) return true;
  if (where.type === "all" || where.type === "any") {
    return where.conditions.every((inner) => concernsOnly(inner, members));
  }
  if (where.type === "not") return concernsOnly(where.condition, members);
  return membersOf(where).every((member) => members.includes(member));
}

/** Of conditions that are not made of others. */
function membersOf<T>(condition: Condition<T>): readonly MemberOf<T>[] {
  if ("members" in condition) return condition.members;
  if (!("member" in condition)) return [];
  const { member } = condition;
  return typeof member === "string" ? [member] : member;
}

/** The conditions that all have to hold. */
function conjuncts<T>(where: Condition<T> | undefined): readonly Condition<T>[] {
  if (where === undefined) return [];
  return where.type === "all" ? where.conditions.flatMap(conjuncts) : [where];
}

function rangeOf<T>(condition: Condition<T>, member: MemberOf<T>): TimeRange | undefined {
  if (condition.type !== "at-least" && condition.type !== "at-most") return undefined;
  if (condition.member !== member || typeof condition.value !== "string") return undefined;
  const instant = toMicroseconds(storedTimestamp(condition.value));
  if (condition.type === "at-least") return { ...ALL_TIME, from: instant };
  return { ...ALL_TIME, to: instant < LATEST ? instant + 1 : ALL_TIME.to };
}

function intersection(a: TimeRange, b: TimeRange): TimeRange {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
