/** Checks of what callers ask, beyond the types. */
import { type ApiCallOptions, InvalidRequestError } from "@sluice/protocol";

const MAX_LIMIT = 200;

interface Page {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

/**
 * Requires a page that lists may ask for, and a call that is still wanted.
 * @throws {InvalidRequestError} when `limit` is not a whole number from 0 to 200, or `offset` not one from 0.
 */
export function checkQuery(query: Page, options: ApiCallOptions | undefined): void {
  options?.signal?.throwIfAborted();
  const { limit, offset } = query;
  if (!isWhole(limit ?? 0) || (limit ?? 0) > MAX_LIMIT) {
    throw new InvalidRequestError(
      `A limit of ${limit} is not possible. Ask for 0 to ${MAX_LIMIT} and page by offset.`,
    );
  }
  if (!isWhole(offset ?? 0)) {
    throw new InvalidRequestError(`An offset of ${offset} is not possible. Use a whole number from 0.`);
  }
}

/** The members that are not undefined. */
export function presentMembers<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key of Object.keys(members) as (keyof T)[]) {
    const value = members[key];
    if (value !== undefined) present[key] = value as Exclude<T[keyof T], undefined>;
  }
  return present;
}

/** The members that are neither undefined nor null, of changes in which null says nothing. */
export function givenMembers<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
