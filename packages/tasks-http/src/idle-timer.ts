/** A time limit to each silence. */

export class IdleTimer {
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.touch();
  }

  /** Whether there was a silence that was too long. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Something happened: the time begins anew. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#onSilence();
    }, this.#limitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
