/** Waiting for a lock took too long. */
import { SluiceError } from "@sluice/protocol";

/** The lock was not free within the time that its asker allowed. */
export class LockTimeoutError extends SluiceError {
  constructor(key: string, holder: string, timeoutSeconds: number) {
    super(
      "LOCK_TIMEOUT",
      `The lock "${key}" was not free within ${timeoutSeconds} second(s). Wait longer, or find out what holds it.`,
      { details: { key, holder, timeoutSeconds } },
    );
  }
}
