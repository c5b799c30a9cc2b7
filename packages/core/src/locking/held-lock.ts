/** A lock in the hands of its holder. */
import type { Lock } from "./lock-manager.ts";

export interface HeldLockInit {
  readonly key: string;
  readonly holder: string;
  readonly lost: AbortSignal;
  /** Called once at most. */
  readonly release: () => Promise<void>;
}

/** One acquisition: releasing it again does nothing. */
export class HeldLock implements Lock {
  readonly key: string;
  readonly holder: string;
  readonly lost: AbortSignal;
  readonly #release: () => Promise<void>;
  #isReleased = false;

  constructor(init: HeldLockInit) {
    this.key = init.key;
    this.holder = init.holder;
    this.lost = init.lost;
    this.#release = init.release;
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
