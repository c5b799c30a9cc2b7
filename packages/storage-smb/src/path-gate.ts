/** Keeps readers and writers of one file apart in this process, since a server replaces no file that is open. */

interface Gate {
  /** What has to end before anybody new may enter. */
  lastAlone: Promise<unknown>;
  /** Everything that has not ended. */
  readonly inside: Set<Promise<unknown>>;
}

export class PathGate {
  readonly #gates = new Map<string, Gate>();

  /** Together with others that do so, in the order of coming before or after those that are alone. */
  together<T>(path: string, work: () => Promise<T>): Promise<T> {
    const gate = this.#gateOf(path);
    return this.#entered(path, gate, gate.lastAlone.then(work));
  }

  /** When all that came before have ended; those that come later wait. */
  alone<T>(path: string, work: () => Promise<T>): Promise<T> {
    const gate = this.#gateOf(path);
    const entered = this.#entered(path, gate, Promise.allSettled(gate.inside).then(work));
    gate.lastAlone = entered.catch(() => undefined); // Who called is told.
    return entered;
  }

  #gateOf(path: string): Gate {
    const gate = this.#gates.get(path) ?? { lastAlone: Promise.resolve(), inside: new Set() };
    this.#gates.set(path, gate);
    return gate;
  }

  #entered<T>(path: string, gate: Gate, work: Promise<T>): Promise<T> {
    const done = work.finally(() => {
      gate.inside.delete(done);
      if (gate.inside.size === 0) this.#gates.delete(path);
    });
    gate.inside.add(done);
    return done;
  }
}
