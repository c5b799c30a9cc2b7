/** A lock that its holder has no longer. */
import { SluiceError } from "@sluice/protocol";

/** The right to a key was lost without a release; the reason of the signal `lost`. */
export class LockLostError extends SluiceError {
  constructor(key: string, why: string) {
    super("LOCK_LOST", `The lock "${key}" was lost: ${why}. Others may hold it now.`, { details: { key } });
  }
}
