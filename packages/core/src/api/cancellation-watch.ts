/** Tells flow runs of this process that somebody elsewhere has begun to cancel them. */
import type { OrchestrationApi, WireState } from "@sluice/protocol";
import type { Interruptible } from "../runtime/interruption.ts";
import { CancelledRunError } from "../states/run-errors.ts";

export interface CancellationWatchOptions {
  readonly api: OrchestrationApi;
  readonly intervalSeconds: number;
  readonly onTrouble: (message: string, error: unknown) => void;
}

/** How many runs one question may name. */
const PAGE = 200;

/**
 * Asks at intervals which of the runs are CANCELLING, or CANCELLED by force: one question for all runs of the process,
 * which works with every history and needs no connection that stays open.
 */
export class CancellationWatch {
  readonly #options: CancellationWatchOptions;
  readonly #runs = new Map<string, Interruptible>();
  #timer: NodeJS.Timeout | undefined;
  #isInTrouble = false;
  #isLooking = false;

  constructor(options: CancellationWatchOptions) {
    this.#options = options;
  }

  /** @returns stops watching this run. */
  add(id: string, run: Interruptible): () => void {
    this.#runs.set(id, run);
    this.#timer ??= setInterval(() => void this.#look(), this.#options.intervalSeconds * 1000);
    return () => this.#remove(id);
  }

  #remove(id: string): void {
    this.#runs.delete(id);
    if (this.#runs.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One look at a time, however slow the history is. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const ids = [...this.#runs.keys()];
      for (let from = 0; from < ids.length; from += PAGE) await this.#lookFor(ids.slice(from, from + PAGE));
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble) {
        this.#options.onTrouble("Whether running flows are to be cancelled cannot be asked now", error);
      }
      this.#isInTrouble = true;
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookFor(ids: string[]): Promise<void> {
    const cancelled = await this.#options.api.flowRuns.filter({
      flow_runs: { id: { any_: ids }, state: { type: { any_: ["CANCELLING", "CANCELLED"] } } },
      limit: PAGE,
    });
    for (const { id, state } of cancelled) cancel(this.#runs.get(id), state);
  }
}

/** A run that was told already is not told again: its first interruption counts. */
function cancel(run: Interruptible | undefined, state: WireState | null): void {
  const why = state?.message ? `: ${state.message}` : "";
  const message = `Flow run was cancelled${why}`;
  run?.interrupt({ kind: "cancel", message, error: new CancelledRunError(message) });
}
