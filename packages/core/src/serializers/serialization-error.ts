/** What cannot be turned into bytes or back. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** A value cannot be turned into bytes, or bytes not into a value. The message names the path inside the value. */
export class SerializationError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("SERIALIZATION", message, options);
  }
}
