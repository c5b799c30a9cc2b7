/** Sorts objects in memory. */
import type { Order } from "../conditions.ts";
import { compareTimestamps } from "../timestamp.ts";
import { firstOf } from "./condition-predicate.ts";

/** Negative when `a` comes first. */
export type Comparator<T> = (a: T, b: T) => number;

/** Members that hold instants, which need not be written alike. */
const IS_INSTANT = /(?:^|_)(?:time|timestamp|created|updated|expiration|polled)$/u;

/** Missing values come last in either direction; what is equal is ordered by id in the direction of the first order. */
export function comparator<T extends { readonly id: string }>(
  orders: readonly Order<T>[] = [],
): Comparator<T> {
  const comparators = orders.map(byMember);
  const idSign = orders[0]?.direction === "desc" ? -1 : 1;
  return (a, b) => {
    for (const compare of comparators) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return idSign * compareText(a.id, b.id);
  };
}

function byMember<T>({ member, direction }: Order<T>): Comparator<T> {
  const isInstant = IS_INSTANT.test(typeof member === "string" ? member : (member[0] ?? ""));
  const compareTexts = isInstant ? compareTimestamps : compareText;
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => {
    const x = firstOf(a, member) ?? null;
    const y = firstOf(b, member) ?? null;
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * compareTexts(String(x), String(y));
  };
}

/** By code point, as SQL compares bytes of UTF-8; `<` goes by UTF-16 units, which puts astral characters too early. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Half of an astral character ranks above every unit that is a character by itself. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
