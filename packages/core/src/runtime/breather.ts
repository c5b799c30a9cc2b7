/** Lets timers, signals and sockets have their turn while tasks that never wait follow each other. */

/** How many task runs may follow each other within one turn of the event loop. */
const RUNS_PER_TURN = 128;

/**
 * Counts task runs and, every so many, gives a promise to await until the event loop has turned. Without it a loop
 * over tasks that only use microtasks would starve the writer of history, progress and Ctrl-C.
 */
export class Breather {
  #runs = 0;
  #gate: Promise<void> | undefined;

  /** A promise to await before going on, or `undefined` (nearly always). */
  tick(): Promise<void> | undefined {
    if (this.#gate !== undefined) return this.#gate;
    this.#runs += 1;
    if (this.#runs < RUNS_PER_TURN) return undefined;
    this.#runs = 0;
    this.#gate = new Promise<void>((resolve) => {
      setImmediate(() => {
        this.#gate = undefined;
        resolve();
      });
    });
    return this.#gate;
  }
}
