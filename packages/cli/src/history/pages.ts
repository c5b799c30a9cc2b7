/** Lists that are longer than one answer of the API. */

/** The API's limit of objects per answer. */
const PAGE_SIZE = 200;

export interface PageRange {
  readonly limit: number;
  readonly offset: number;
}

/** Up to `limit` objects, page by page. */
export async function listUpTo<T>(limit: number, listPage: (range: PageRange) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages(limit, listPage)) all.push(...page);
  return all;
}

/** The pages of up to `limit` objects, each asked for when the one before has been dealt with. */
export async function* pages<T>(
  limit: number,
  listPage: (range: PageRange) => Promise<T[]>,
): AsyncGenerator<readonly T[]> {
  for (let offset = 0; offset < limit; offset += PAGE_SIZE) {
    const size = Math.min(PAGE_SIZE, limit - offset);
    const page = await listPage({ limit: size, offset });
    if (page.length > 0) yield page;
    if (page.length < size) return;
  }
}

/** `values` without repetitions, in parts that one filter takes. */
export function inParts<T>(values: Iterable<T>): readonly (readonly T[])[] {
  const unique = [...new Set(values)];
  const parts: T[][] = [];
  for (let start = 0; start < unique.length; start += PAGE_SIZE)
    parts.push(unique.slice(start, start + PAGE_SIZE));
  return parts;
}
