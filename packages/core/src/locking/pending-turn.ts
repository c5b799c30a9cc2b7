/** Somebody who waits for a lock: until it is their turn, the time is over, or they give up. */

/** Timers count milliseconds in 31 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface TurnLimits {
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the waiting ends with when the time is over. */
  readonly onTimeout: () => Error;
  /** Called when the waiting ends without a turn. */
  readonly onGivenUp: () => void;
}

/** A promise of a turn, kept by `give`. */
export class PendingTurn<T> {
  readonly promise: Promise<T>;
  readonly #resolve: (turn: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #limits: TurnLimits;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(limits: TurnLimits) {
    const { timeoutSeconds, signal } = limits;
    let resolve: (turn: T) => void = () => undefined;
    let reject: (reason: unknown) => void = () => undefined;
    this.promise = new Promise<T>((onTurn, onFailure) => {
      resolve = onTurn;
      reject = onFailure;
    });
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limits = limits;
    this.#timer =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => this.#giveUp(limits.onTimeout()), timerMs(timeoutSeconds));
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  give(turn: T): void {
    this.#stop();
    this.#resolve(turn);
  }

  readonly #onAbort = (): void => this.#giveUp(this.#limits.signal?.reason);

  #giveUp(reason: unknown): void {
    this.#stop();
    this.#limits.onGivenUp();
    this.#reject(reason);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener("abort", this.#onAbort);
  }
}

/** Seconds as what a timer takes. */
export function timerMs(seconds: number): number {
  return Math.min(Math.max(seconds * 1000, 0), MAX_TIMER_MS);
}
