/** Wakes somebody who waits. */
import { setTimeout as delay } from "node:timers/promises";

export class Bell {
  #ringing = new AbortController();

  /** Ends the wait that goes on, or the next one. */
  readonly ring = (): void => this.#ringing.abort();

  /** Resolves when it rings, when the time is over, or when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([this.#ringing.signal, signal]);
    await delay(ms, undefined, { signal: either }).catch(() => undefined);
    if (this.#ringing.signal.aborted) this.#ringing = new AbortController();
  }
}
