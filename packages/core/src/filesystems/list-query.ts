/** What a listing asks for, with the defaults filled in. */
import { InvalidRequestError } from "@sluice/protocol";
import type { ListOptions } from "./file-system.ts";
import { normalizePrefix } from "./storage-path.ts";

const DEFAULT_PAGE_SIZE = 1000;

export interface ListQuery {
  readonly prefix: string;
  readonly recursive: boolean;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/**
 * The options of `list`, checked and completed.
 *
 * @throws {InvalidRequestError} when the limit is not a whole number above zero
 * @throws {PathOutsideRootError} when the prefix leads out of the root
 */
export function listQuery(options: ListOptions): ListQuery {
  const { limit = DEFAULT_PAGE_SIZE, recursive = true, cursor } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new InvalidRequestError(`limit is ${limit}, but must be a whole number of entries, one or more.`);
  }
  return { prefix: normalizePrefix(options.prefix ?? ""), recursive, cursor, limit };
}
