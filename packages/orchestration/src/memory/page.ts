/** Sorts and cuts out what a list call asks for. */
import type { Comparator } from "./order.ts";
import type { MaybePredicate } from "./predicate.ts";

const DEFAULT_LIMIT = 200;

interface Page {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

/** The page of `values` that `query` asks for, in `order`. */
export function pageOf<T>(values: T[], order: Comparator<T>, query: Page): T[] {
  const offset = query.offset ?? 0;
  return values.sort(order).slice(offset, offset + (query.limit ?? DEFAULT_LIMIT));
}

/** The values that satisfy a predicate. */
export function select<T>(values: Iterable<T>, predicate: MaybePredicate<T>): T[] {
  if (predicate === undefined) return [...values];
  const selected: T[] = [];
  for (const value of values) if (predicate(value)) selected.push(value);
  return selected;
}
