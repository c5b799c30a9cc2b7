/** The clocks that a flow test may run by. */
import { type Clock, systemClock } from "../../runtime/clock.ts";

/** A clock that a test reads and moves. */
export interface TestClock extends Clock {
  /** What it shows. */
  readonly now: Date;
  /** Lets so many seconds pass; a real clock takes that long. */
  advance(seconds: number): Promise<void>;
}

/** The system's clock in a test. */
export class RealClock implements TestClock {
  readonly #clock = systemClock();

  get now(): Date {
    return new Date();
  }

  advance(seconds: number): Promise<void> {
    return this.sleep(seconds * 1000);
  }

  nowUs(): number {
    return this.#clock.nowUs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  startTimer(callback: () => void, ms: number): () => void {
    return this.#clock.startTimer(callback, ms);
  }
}
