/** The writes of a transaction that go on beside its work. */
import type { BeginWrite } from "./store.ts";

export class BegunWrites {
  readonly #writes: Promise<unknown>[] = [];

  readonly begin: BeginWrite = (write) => {
    this.#writes.push(write);
    // When the work fails by itself, nobody waits for its writes any more.
    write.catch(() => undefined);
  };

  /** Resolves when all are done; rejects with the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.#writes);
  }
}
