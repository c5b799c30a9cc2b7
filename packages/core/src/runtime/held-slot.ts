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
  #isHeld = true;
  #isReleased = false;
  #taking: Promise<void> | undefined;

  /** @param slots - where the slot, which is taken already, came from. */
  constructor(slots: Slots, depth: number) {
    this.#slots = slots;
    this.#depth = depth;
  }

  /** Waits for `done` without the slot. */
  async lendWhile<T>(done: Promise<T>): Promise<T> {
    if (this.#isReleased) return done;
    this.#openWaits += 1;
    this.#giveBack();
    try {
      return await done;
    } finally {
      this.#openWaits -= 1;
      if (this.#openWaits === 0 && !this.#isReleased) await this.#takeAgain();
    }
  }

  /** The task has ended. */
  release(): void {
    this.#isReleased = true;
    this.#giveBack();
  }

  #giveBack(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#slots.release();
  }

  #takeAgain(): Promise<void> {
    this.#taking ??= new Promise<void>((resolve) => this.#slots.acquire(this.#depth + 1, resolve)).then(
      () => {
        this.#taking = undefined;
        this.#isHeld = true;
        // Another branch of the task may have begun to wait meanwhile, or the task may have ended.
        if (this.#isReleased || this.#openWaits > 0) this.#giveBack();
      },
    );
    return this.#taking;
  }
}
