/** What conditions on events ask of, so that they can be answered from where there is less to read. */
import type { Condition, StoredEvent } from "@sluice/orchestration";
import { toMicroseconds } from "@sluice/orchestration";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import type { TimeRange } from "./counted-range.ts";

/** Nothing occurs later than in the last second of years with four digits. */
const LATEST = Date.parse("9999-12-31T23:59:59.000Z") * 1000;

export type EventWhere = Condition<StoredEvent> | undefined;

/** Whether a condition asks of nothing but these members. */
export function concernsOnly(where: EventWhere, members: readonly string[]): boolean {
  if (where === undefined) return true;
  switch (where.type) {
    case "all":
    case "any":
      return where.conditions.every((inner) => concernsOnly(inner, members));
    case "not":
      return concernsOnly(where.condition, members);
    case "contains-text":
      return where.members.every((member) => members.includes(member));
    default:
      return [where.member].flat().every((member) => members.includes(member));
  }
}

/** A condition on time and name alone: the range, and what is asked of the name. */
export interface NamesInRange {
  readonly range: TimeRange;
  readonly named: EventWhere;
}

/** What a condition means, if it is on time and name alone. */
export function namesInRange(where: EventWhere): NamesInRange | undefined {
  const conditions = conjuncts(where);
  const names: Condition<StoredEvent>[] = [];
  let range: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  for (const condition of conditions) {
    const limit = rangeOf(condition);
    if (limit !== undefined) {
      range = { from: Math.max(range.from, limit.from), to: Math.min(range.to, limit.to) };
    } else if (concernsOnly(condition, ["event"])) names.push(condition);
    else return undefined;
  }
  return { range, named: names.length === 0 ? undefined : { type: "all", conditions: names } };
}

/** The conditions that all have to hold. */
function conjuncts(where: EventWhere): Condition<StoredEvent>[] {
  if (where === undefined) return [];
  return where.type === "all" ? where.conditions.flatMap(conjuncts) : [where];
}

function rangeOf(condition: Condition<StoredEvent>): TimeRange | undefined {
  if (condition.type !== "at-least" && condition.type !== "at-most") return undefined;
  if (condition.member !== "occurred" || typeof condition.value !== "string") return undefined;
  const instant = toMicroseconds(storedTimestamp(condition.value));
  if (condition.type === "at-least") return { from: instant, to: Number.POSITIVE_INFINITY };
  return { from: Number.NEGATIVE_INFINITY, to: instant < LATEST ? instant + 1 : Number.POSITIVE_INFINITY };
}
