/** Calls to a history that may not answer. */
import { HistoryUnavailableError } from "@sluice/protocol";
import type { Clock } from "../runtime/clock.ts";

export interface PatientCallerOptions {
  readonly clock: Clock;
  /** Of the history, for messages. */
  readonly location: string;
  /** A call that takes longer counts as failed. */
  readonly patienceMs: number;
}

/** Makes one call at a time: after one that was not answered in time, none is begun before that one has ended. */
export class PatientCaller {
  readonly #options: PatientCallerOptions;
  #open: Promise<void> | undefined;

  constructor(options: PatientCallerOptions) {
    this.#options = options;
  }

  /** @throws {HistoryUnavailableError} when there is no answer in time; else what the call throws. */
  async call(work: () => Promise<void>): Promise<void> {
    if (this.#open !== undefined) await this.#inTime(this.#open);
    const answer = work();
    const open = answer.then(
      () => this.#closed(),
      () => this.#closed(),
    );
    this.#open = open;
    await this.#inTime(answer);
  }

  #closed(): void {
    this.#open = undefined;
  }

  async #inTime(answer: Promise<void>): Promise<void> {
    const { clock, location, patienceMs } = this.#options;
    let stopWaiting: (() => void) | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const words = `The history at ${location} did not answer within ${patienceMs / 1000} s.`;
      stopWaiting = clock.startTimer(() => reject(new HistoryUnavailableError(words)), patienceMs);
    });
    try {
      await Promise.race([answer, tooLate]);
    } finally {
      stopWaiting?.();
    }
  }
}
