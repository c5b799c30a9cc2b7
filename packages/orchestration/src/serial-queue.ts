/** Lets one piece of work run at a time, in the order of the calls. */

/** A queue with room for everyone and one place at the front. */
export class SerialQueue {
  #isBusy = false;
  readonly #waiting: (() => void)[] = [];

  /** Runs `work` when everything asked for before has ended; resolves and rejects as it does. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#startNext();
    }
  }

  /** As `run` for work that is done when it returns: without a wait, and without keeping others out, when nothing runs. */
  async runNow<T>(work: () => T): Promise<T> {
    return this.#isBusy ? this.run(work) : work();
  }

  /** The queue stays busy while it is handed on, so that a newcomer cannot overtake. */
  #startNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isBusy = false;
    else next();
  }
}
