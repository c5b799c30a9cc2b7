/**
 * Writes what many callers bring in few large writes: what comes while one is under way goes with the next. Nobody waits
 * for others when nothing is under way.
 */
import { HistoryUnavailableError, isSluiceError } from "@sluice/protocol";

export interface GroupCommitOptions<T> {
  readonly write: (items: readonly T[]) => Promise<void>;
  /** The most items of one write, unless one caller brings more. */
  readonly maxItems: number;
  /** The most items that wait. */
  readonly maxWaiting: number;
}

interface Contribution<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>;
  #waiting: Contribution<T>[] = [];
  #waitingItems = 0;
  #writing: Promise<void> | undefined;

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options;
  }

  /** How many items wait for the write under way. */
  get size(): number {
    return this.#waitingItems;
  }

  /**
   * Resolves when the items are written, and rejects when just these cannot be.
   * @throws {HistoryUnavailableError} when too many wait already.
   */
  add(items: readonly T[]): Promise<void> {
    if (this.#waitingItems >= this.#options.maxWaiting) {
      return Promise.reject(
        new HistoryUnavailableError(
          `${this.#waitingItems} records wait to be written, which is as many as are let in. Send these again later.`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      this.#waitingItems += items.length;
      this.#writing ??= this.#writeAll();
    });
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Callers of the same turn go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#write(this.#next());
    // At once: callers who were just told may come again before this promise settles.
    this.#writing = undefined;
  }

  #next(): Contribution<T>[] {
    let items = 0;
    let taken = 0;
    for (const contribution of this.#waiting) {
      items += contribution.items.length;
      if (taken > 0 && items > this.#options.maxItems) break;
      taken += 1;
    }
    const next = this.#waiting.splice(0, taken);
    for (const contribution of next) this.#waitingItems -= contribution.items.length;
    return next;
  }

  /** What cannot be kept must not keep out what came with it, so a write that is refused is tried in halves. Never rejects. */
  async #write(contributions: readonly Contribution<T>[]): Promise<void> {
    try {
      await this.#options.write(contributions.flatMap((contribution) => contribution.items));
      for (const contribution of contributions) contribution.resolve();
    } catch (error) {
      if (contributions.length === 1 || !isRefusal(error)) {
        for (const contribution of contributions) contribution.reject(error);
        return;
      }
      const middle = contributions.length >>> 1;
      await this.#write(contributions.slice(0, middle));
      await this.#write(contributions.slice(middle));
    }
  }
}

/** Whether the items are to blame rather than the place where they are kept. */
function isRefusal(error: unknown): boolean {
  return !isSluiceError(error, "HISTORY_UNAVAILABLE");
}
