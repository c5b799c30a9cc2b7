/** Ends the runs of processes that are gone, again and again. */
import type { LocalApi } from "@sluice/orchestration";

const INTERVAL_MS = 15_000;

export class LapsedRunSweeper {
  readonly #api: Pick<LocalApi, "sweepLapsedRuns" | "location">;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(api: Pick<LocalApi, "sweepLapsedRuns" | "location">) {
    this.#api = api;
  }

  /** Sweeps once, then from time to time until `stop`. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#sweep(), INTERVAL_MS).unref();
    await this.#sweep();
  }

  /** Settles when no sweep is under way. Stopping twice is allowed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** Never rejects, and never runs twice at once. */
  #sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAndReport().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** A history that cannot be written may still be read, so a failed sweep warns and the next one tries again. */
  async #sweepAndReport(): Promise<void> {
    try {
      await this.#api.sweepLapsedRuns();
    } catch (error) {
      process.emitWarning(
        `Runs whose process is gone could not be ended in ${this.#api.location}: ${error instanceof Error ? error.message : String(error)}`,
        { type: "SluiceWarning", code: "SLUICE_SWEEP" },
      );
    }
  }
}
