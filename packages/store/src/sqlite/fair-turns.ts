/**
 * Gives others their turn between transactions: the event loop of this process, and other processes that wait for the
 * file. SQLite has no queue of waiting writers; one that writes without a gap starves those who poll for the lock.
 */
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

/** A gap of this length since the last transaction has given everybody a turn. */
const GAP_MS = 0.5;
const LOOP_TURN_AFTER_MS = 8;
const PROCESS_TURN_AFTER_MS = 25;
/** Long enough for processes that wait to find, who try again every 1 to 5 ms. */
const PROCESS_TURN_MS = 2;

export class FairTurns {
  #lastEnd = 0;
  #lastLoopTurn = 0;
  #lastProcessTurn = 0;

  /** Call before a transaction begins. */
  async beforeTransaction(): Promise<void> {
    const now = performance.now();
    if (now - this.#lastEnd > GAP_MS) {
      this.#lastLoopTurn = now;
      this.#lastProcessTurn = now;
    } else if (now - this.#lastProcessTurn > PROCESS_TURN_AFTER_MS) {
      await delay(PROCESS_TURN_MS);
      this.#lastProcessTurn = performance.now();
      this.#lastLoopTurn = this.#lastProcessTurn;
    } else if (now - this.#lastLoopTurn > LOOP_TURN_AFTER_MS) {
      await nextTurn();
      this.#lastLoopTurn = performance.now();
    }
  }

  /** Call when a transaction has ended. */
  afterTransaction(): void {
    this.#lastEnd = performance.now();
  }
}
