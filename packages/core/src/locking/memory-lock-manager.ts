/** Locks between pieces of work in one process. */
import type { CallOptions } from "../filesystems/file-system.ts";
import { HeldLock } from "./held-lock.ts";
import { LockLostError } from "./lock-lost-error.ts";
import type { AcquireOptions, Lock, LockManager, WaitForOptions } from "./lock-manager.ts";
import { LockTimeoutError } from "./lock-timeout-error.ts";
import { PendingTurn, timerMs } from "./pending-turn.ts";

/** What a holder has. */
interface Holding {
  readonly holder: string;
  readonly lost: AbortController;
  /** How many acquisitions were not released. */
  count: number;
  holdTimer: NodeJS.Timeout | undefined;
}

interface Candidate {
  readonly options: AcquireOptions;
  readonly turn: PendingTurn<Lock>;
}

interface Key {
  holding: Holding | undefined;
  readonly candidates: Set<Candidate>;
  /** They want to know when the key is free. */
  readonly watchers: Set<PendingTurn<void>>;
}

/** Locks in memory, given to those who wait in the order in which they came. */
export class MemoryLockManager implements LockManager {
  readonly #keys = new Map<string, Key>();

  async acquire(key: string, options: AcquireOptions): Promise<Lock> {
    options.signal?.throwIfAborted();
    const state = this.#state(key);
    const { holding } = state;
    if (holding === undefined || holding.holder === options.holder) return this.#give(key, state, options);
    const { holder, timeoutSeconds = Number.POSITIVE_INFINITY, signal } = options;
    const turn = new PendingTurn<Lock>({
      timeoutSeconds: options.timeoutSeconds,
      signal,
      onTimeout: () => new LockTimeoutError(key, holder, timeoutSeconds),
      onGivenUp: () => state.candidates.delete(candidate),
    });
    const candidate: Candidate = { options, turn };
    state.candidates.add(candidate);
    return turn.promise;
  }

  async isLocked(key: string, options: CallOptions = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    return this.#keys.get(key)?.holding !== undefined;
  }

  async waitFor(key: string, options: WaitForOptions = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    const state = this.#keys.get(key);
    if (state?.holding === undefined) return true;
    const timeOver = new Error("The time to wait is over.");
    const watcher = new PendingTurn<void>({
      ...options,
      onTimeout: () => timeOver,
      onGivenUp: () => state.watchers.delete(watcher),
    });
    state.watchers.add(watcher);
    return watcher.promise.then(
      () => true,
      (reason: unknown) => {
        if (reason === timeOver) return false;
        throw reason;
      },
    );
  }

  #state(key: string): Key {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const state: Key = { holding: undefined, candidates: new Set(), watchers: new Set() };
    this.#keys.set(key, state);
    return state;
  }

  /** The key is free, or its holder asks again. */
  #give(key: string, state: Key, options: AcquireOptions): Lock {
    const { holder, holdTimeoutSeconds } = options;
    const holding = state.holding ?? { holder, lost: new AbortController(), count: 0, holdTimer: undefined };
    state.holding = holding;
    holding.count += 1;
    if (holdTimeoutSeconds !== undefined && holding.holdTimer === undefined) {
      const onHoldTimeout = (): void => {
        this.#free(key, state);
        holding.lost.abort(
          new LockLostError(key, `it was held for more than ${holdTimeoutSeconds} second(s)`),
        );
      };
      // A lock alone does not keep the process alive.
      holding.holdTimer = setTimeout(onHoldTimeout, timerMs(holdTimeoutSeconds)).unref();
    }
    const release = async (): Promise<void> => this.#release(key, state, holding);
    return new HeldLock({ key, holder, lost: holding.lost.signal, release });
  }

  #release(key: string, state: Key, holding: Holding): void {
    holding.count -= 1;
    if (holding.count === 0 && state.holding === holding) this.#free(key, state);
  }

  /** To the first who waits, with all that the same holder asked for; else to nobody. */
  #free(key: string, state: Key): void {
    clearTimeout(state.holding?.holdTimer);
    state.holding = undefined;
    const [next] = state.candidates;
    for (const candidate of state.candidates) {
      if (candidate.options.holder !== next?.options.holder) continue;
      state.candidates.delete(candidate);
      candidate.turn.give(this.#give(key, state, candidate.options));
    }
    if (next !== undefined) return;
    this.#keys.delete(key);
    for (const watcher of state.watchers) watcher.give();
  }
}
