/** Sorts and cuts out what a list call asks for. */
import type { ObjectQuery } from "../conditions.ts";
import { comparator } from "./order.ts";

/** The page of `objects` that `query` asks for, in its order. */
export function pageOf<T extends { readonly id: string }>(objects: T[], query: ObjectQuery<T>): T[] {
  const offset = query.offset ?? 0;
  const end = query.limit === undefined ? undefined : offset + query.limit;
  return objects.sort(comparator(query.orderBy)).slice(offset, end);
}
