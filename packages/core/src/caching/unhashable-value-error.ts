/** A value that cannot be part of a cache key. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** Something in a value has no content to compute a key from. The message names its path. */
export class UnhashableValueError extends SluiceError {
  constructor(path: string, what: string, options?: SluiceErrorOptions) {
    super(
      "SERIALIZATION",
      `${path} is ${what}, which cannot be part of a cache key. Leave that input out with INPUTS.minus("its name"), register its class with registerSerializable, or use NO_CACHE.`,
      { ...options, details: { path, ...options?.details } },
    );
  }
}
