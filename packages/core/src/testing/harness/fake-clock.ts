/** A clock in which no time passes but by being waited for. */
import type { TestClock } from "./test-clock.ts";

interface FakeTimer {
  readonly dueUs: number;
  readonly callback: () => void;
  /** Whether something waits for it, so that the clock may go there by itself. */
  readonly isAwaited: boolean;
}

/** Turns of the event loop without any use of the clock after which everything is taken to wait for time. */
const QUIET_TURNS = 12;
/** How long a run that waits for nothing of the clock may take to do so. */
const MAX_START_MS = 500;

export interface FakeClockOptions {
  /** What it shows at first. Default: now. */
  readonly start?: Date | undefined;
  /** Whether runs are on their way that may soon wait for it. Default: never. */
  readonly isBusy?: (() => boolean) | undefined;
}

/**
 * The clock of a flow test. When flows wait (a retry's delay, a scheduled time, `sleep()`) and nothing else goes on, it goes
 * to the next instant that something waits for. Limits (`timeoutSeconds`) on the way are met; by a limit alone the clock
 * is not moved, since the code that is limited may be about to end: `advance` does that.
 */
export class FakeClock implements TestClock {
  readonly #timers = new Set<FakeTimer>();
  readonly #isBusy: () => boolean;
  #nowUs: number;
  /** Grows with every use. */
  #uses = 0;
  #isMoving = false;

  constructor({ start = new Date(), isBusy = () => false }: FakeClockOptions = {}) {
    this.#nowUs = start.getTime() * 1000;
    this.#isBusy = isBusy;
  }

  /** What the clock shows. */
  get now(): Date {
    return new Date(this.#nowUs / 1000);
  }

  /** Lets so many seconds pass, and what is due in them happen in its order. */
  async advance(seconds: number): Promise<void> {
    if (!(seconds >= 0 && Number.isFinite(seconds))) {
      throw new RangeError(`advance() needs a number of seconds ≥ 0, not ${seconds}.`);
    }
    await this.#started();
    const endUs = this.#nowUs + seconds * 1_000_000;
    for (let next = this.#next(); next !== undefined && next.dueUs <= endUs; next = this.#next()) {
      this.#fire(next);
      await this.#quiet();
    }
    this.#nowUs = Math.max(this.#nowUs, endUs);
  }

  nowUs(): number {
    this.#uses += 1;
    this.#nowUs += 1;
    return this.#nowUs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        stop();
        reject(signal?.reason);
      };
      const callback = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const stop = this.#start({ dueUs: this.#after(ms), callback, isAwaited: true });
      signal?.addEventListener("abort", onAbort, { once: true });
      void this.#moveWhileAwaited();
    });
  }

  startTimer(callback: () => void, ms: number): () => void {
    return this.#start({ dueUs: this.#after(ms), callback, isAwaited: false });
  }

  #after(ms: number): number {
    return this.#nowUs + Math.max(ms, 0) * 1000;
  }

  #start(timer: FakeTimer): () => void {
    this.#uses += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #fire(timer: FakeTimer): void {
    this.#timers.delete(timer);
    this.#nowUs = Math.max(this.#nowUs, timer.dueUs);
    timer.callback();
  }

  /** The timer that is due first; of equal ones the first that was started. */
  #next(): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.dueUs < first.dueUs) first = timer;
    return first;
  }

  async #moveWhileAwaited(): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    for (;;) {
      await this.#quiet();
      const isAwaited = [...this.#timers].some((timer) => timer.isAwaited && Number.isFinite(timer.dueUs));
      const next = this.#next();
      if (!isAwaited || next === undefined) break;
      this.#fire(next);
    }
    this.#isMoving = false;
  }

  /** Quiet, and with something to wait for if a run has only just begun. */
  async #started(): Promise<void> {
    await this.#quiet();
    const endMs = performance.now() + MAX_START_MS;
    while (this.#timers.size === 0 && this.#isBusy() && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await this.#quiet();
    }
  }

  async #quiet(): Promise<void> {
    for (let turn = 0, uses = this.#uses; turn < QUIET_TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (uses === this.#uses) continue;
      uses = this.#uses;
      turn = 0;
    }
  }
}
