/** A hash of any value that is the same in every process and for every equal value. */
import { createHash } from "node:crypto";
import { canonicalText } from "./canonical-text.ts";
import { UnhashableValueError } from "./unhashable-value-error.ts";

export interface StableHashOptions {
  /** What the value is called in the paths of error messages. Default "value". */
  readonly subject?: string | undefined;
}

/**
 * SHA-256, in hex, of what a value contains: the kinds that serialisers carry, with the order of properties, Map entries and Set
 * members left out. Errors count without their stack.
 *
 * @throws {UnhashableValueError} when a function, a promise or an instance of an unregistered class is inside
 */
export function stableHash(value: unknown, options: StableHashOptions = {}): string {
  const { subject = "value" } = options;
  try {
    return createHash("sha256").update(canonicalText(value, subject)).digest("hex");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnhashableValueError(subject, "nested too deeply", { cause: error });
  }
}
