/** The lock of a serializable transaction. */
import type { Lock } from "../locking/lock-manager.ts";
import { TransactionError } from "./transaction-error.ts";
import type { TransactionLog } from "./transaction-log.ts";

/** At most one lock, released once. */
export class KeyLock {
  readonly #log: TransactionLog;
  #lock: Lock | undefined;

  constructor(log: TransactionLog) {
    this.#log = log;
  }

  /** Who holds it, as long as it is held. */
  get holder(): string | undefined {
    return this.#lock?.holder;
  }

  hold(lock: Lock): void {
    this.#lock = lock;
  }

  /** @throws {TransactionError} when the lock was lost, so that others may have done the same work */
  checkHeld(): void {
    const lock = this.#lock;
    if (lock === undefined || !lock.lost.aborted) return;
    throw new TransactionError(`The transaction "${lock.key}" has lost its lock.`, {
      cause: lock.lost.reason,
      details: { key: lock.key },
    });
  }

  /** Never rejects: the work is done, and the lock ends with its lease. */
  async release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      await lock?.release();
    } catch (error) {
      this.#log.warn("The lock of a transaction could not be released; it ends with its lease", {
        key: lock?.key,
        error,
      });
    }
  }
}
