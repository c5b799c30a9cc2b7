/** Runs jobs one after another in the order they came; at once when none is running. */
export class SerialQueue {
  #last: Promise<void> | undefined;

  /** Runs `job` when every earlier one has settled; settles as `job` does. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last === undefined ? job() : this.#last.then(job);
    // The caller gets the rejection through `result`; the next job only waits.
    const settled = result.then(ignore, ignore).then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    return result;
  }
}

function ignore(): void {}
