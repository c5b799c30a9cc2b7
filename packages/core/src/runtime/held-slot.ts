/** A slot in the hands of a running task, which lends it to others while it only waits. */
import type { Slots } from "../task-runners/slots.ts";

/**
 * While a task waits for futures or for its next retry it does no work, so its slot is free for the tasks it may be
 * waiting for: this is why no concurrency limit can deadlock. It takes a slot again before it goes on, ahead of tasks
 * that have not begun. When a task goes on although some of its waits are open (`Promise.race`), the limit may be
 * exceeded by that task for a moment.
 */
export class HeldSlot {
  readonly #slots: Slots;
  readonly #depth: number;
  #openWaits = 0;
  #isReleased = false;

  constructor(slots: Slots, depth: number) {
    this.#slots = slots;
    this.#depth = depth;
  }

  async lendWhile<T>(done: Promise<T>): Promise<T> {
    if (this.#isReleased) return done;
    this.#openWaits += 1;
    if (this.#openWaits === 1) this.#slots.release();
    try {
      return await done;
    } finally {
      this.#openWaits -= 1;
      if (this.#openWaits === 0 && !this.#isReleased) await this.#takeBack();
    }
  }

  /** The task has ended. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#openWaits === 0) this.#slots.release();
  }

  #takeBack(): Promise<void> {
    return new Promise((resolve) => {
      this.#slots.acquire(this.#depth + 1, () => {
        if (this.#isReleased || this.#openWaits > 0) this.#slots.release();
        resolve();
      });
    });
  }
}
