/** The range of bytes that a stream reads. */
import { InvalidRequestError } from "@sluice/protocol";
import type { ReadStreamOptions } from "./file-system.ts";

export interface ByteRange {
  readonly offset: number;
  /** First byte that is not read; Infinity: to the end of the file. */
  readonly end: number;
}

/**
 * The range that the options ask for.
 *
 * @throws {InvalidRequestError} when offset or length is negative or not a whole number
 */
export function checkRange(options: ReadStreamOptions): ByteRange {
  const { offset = 0, length } = options;
  for (const [name, value] of Object.entries({ offset, length: length ?? 0 })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new InvalidRequestError(`${name} is ${value}, but must be a whole number of bytes, zero or more.`);
  }
  return { offset, end: length === undefined ? Number.POSITIVE_INFINITY : offset + length };
}
