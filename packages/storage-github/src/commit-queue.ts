/** Changes that come while a commit is made go into the next one together. */

/** More would make a call that GitHub may refuse for its size. */
const MAX_CHANGES = 100;

interface Waiting<Change> {
  readonly change: Change;
  readonly signal: AbortSignal | undefined;
  readonly settle: (refusal?: unknown) => void;
}

/** Makes one commit of the changes; gives the reasons of those that cannot be, by their place in the list. */
export type MakeCommit<Change> = (
  changes: readonly Change[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<number, unknown>>;

/** One commit at a time: those made at once from the same state would exclude each other. */
export class CommitQueue<Change> {
  readonly #commit: MakeCommit<Change>;
  #waiting: Waiting<Change>[] = [];
  #isRunning = false;

  constructor(commit: MakeCommit<Change>) {
    this.#commit = commit;
  }

  /** Resolves when a commit has the change. An abort ends the wait at once; a commit under way may have it all the same. */
  add(change: Change, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      const settle = (refusal?: unknown): void => {
        signal?.removeEventListener("abort", onAbort);
        if (refusal === undefined) resolve();
        else reject(refusal);
      };
      this.#waiting.push({ change, signal, settle });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Changes of the same turn come together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_CHANGES).filter(({ signal }) => signal?.aborted !== true);
      if (batch.length > 0) await this.#commitBatch(batch);
    }
    this.#isRunning = false;
  }

  /** What makes a commit fail may be one of its changes: then each is tried by itself. */
  async #commitBatch(batch: readonly Waiting<Change>[]): Promise<void> {
    const { signal, release } = whenAllAborted(batch);
    try {
      const refusals = await this.#commit(
        batch.map(({ change }) => change),
        signal,
      );
      for (const [index, { settle }] of batch.entries()) settle(refusals.get(index));
    } catch (error) {
      if (batch.length === 1 || !isOfOneChange(error)) for (const { settle } of batch) settle(error);
      else for (const each of batch) await this.#commitBatch([each]);
    } finally {
      release();
    }
  }
}

/** Whether GitHub did not take what was sent, rather than not answer. */
function isOfOneChange(error: unknown): boolean {
  return error instanceof Error && "trouble" in error && error.trouble === "invalid";
}

function whenAllAborted(batch: readonly Waiting<unknown>[]): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const signals = batch.map(({ signal }) => signal);
  const onAbort = (): void => {
    if (signals.every((signal) => signal?.aborted === true)) controller.abort(signals[0]?.reason);
  };
  for (const signal of signals) signal?.addEventListener("abort", onAbort);
  const release = (): void => {
    for (const signal of signals) signal?.removeEventListener("abort", onAbort);
  };
  return { signal: controller.signal, release };
}
