/** Pages that are counted from 1. */
import type { ApiCallOptions } from "@sluice/protocol";
import { DEFAULT_LIMIT } from "../filters/run-queries.ts";

interface PageQuery {
  readonly limit?: number | null | undefined;
  readonly page?: number | null | undefined;
}

interface Lists<Q, T> {
  filter(query: Q, options?: ApiCallOptions): Promise<T[]>;
  count(query: Q, options?: ApiCallOptions): Promise<number>;
}

export interface Page<T> {
  readonly results: T[];
  readonly count: number;
  readonly limit: number;
  readonly pages: number;
  readonly page: number;
}

/** The page that is asked for, by what the noun lists and counts. */
export async function pageOfAll<Q extends PageQuery, T>(
  lists: Lists<Omit<Q, "page">, T>,
  query: Q,
  options?: ApiCallOptions,
): Promise<Page<T>> {
  const { page: asked, ...rest } = query;
  const page = asked ?? 1;
  const limit = query.limit ?? DEFAULT_LIMIT;
  const results = await lists.filter({ ...rest, limit, offset: (page - 1) * limit }, options);
  const count = await lists.count(rest, options);
  return { results, count, limit, pages: limit === 0 ? 0 : Math.ceil(count / limit), page };
}
