/** How many task runs of a flow run, its sub-flows included, are in which state. */

export class RunProgress {
  readonly #counts = new Map<string, number>();
  /** Attempts after the first of any task run. */
  retries = 0;
  /** Task runs that were begun. */
  total = 0;

  /** A task run went from the state of one name to that of another. */
  move(from: string | undefined, to: string): void {
    if (from === undefined) this.total += 1;
    else this.#counts.set(from, (this.#counts.get(from) ?? 0) - 1);
    this.#counts.set(to, (this.#counts.get(to) ?? 0) + 1);
  }

  /** Count of each state name that occurs. */
  byStateName(): Record<string, number> {
    return Object.fromEntries([...this.#counts].filter(([, count]) => count > 0));
  }
}
