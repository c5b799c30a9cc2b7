/** Locks between processes and machines, by files in a place that all of them see. */
import type { CallOptions, FileSystem } from "../filesystems/file-system.ts";
import { UnsupportedOperationError } from "../filesystems/file-system-errors.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { FileLease } from "./file-lease.ts";
import { HeldLock } from "./held-lock.ts";
import { LeaseFiles } from "./lease-files.ts";
import type { AcquireOptions, Lock, LockManager, WaitForOptions } from "./lock-manager.ts";
import { LockTimeoutError } from "./lock-timeout-error.ts";
import { MemoryLockManager } from "./memory-lock-manager.ts";

const DEFAULT_LEASE_SECONDS = 30;
const DEFAULT_DIRECTORY = "locks";
const FIRST_POLL_MS = 25;
const MAX_POLL_MS = 1000;

export interface FileSystemLockManagerOptions {
  /** Where the lock files are; it must be able to create files conditionally. */
  readonly fileSystem: FileSystem;
  /** Directory in it. Default "locks". */
  readonly directory?: string | undefined;
  /**
   * How long a dead process keeps its locks; a live one renews them three times within. Default 30. The clocks of all machines
   * must agree to a fraction of it.
   */
  readonly leaseSeconds?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What this process holds of a key. */
interface Holding {
  readonly lease: FileLease;
  /** How many acquisitions were not released. */
  count: number;
}

/**
 * Locks by files with a lease. Within the process, those who wait come in their order; between processes, whoever looks first.
 * Waiting looks at the files at growing intervals, up to a second.
 */
export class FileSystemLockManager implements LockManager {
  readonly #files: LeaseFiles;
  readonly #clock: Clock;
  /** Askers of this process queue here, so that only one of them looks at the files. */
  readonly #local = new MemoryLockManager();
  readonly #holdings = new Map<string, Promise<Holding>>();

  /** @throws {UnsupportedOperationError} when the file system cannot create files conditionally */
  constructor(options: FileSystemLockManagerOptions) {
    const { fileSystem, directory = DEFAULT_DIRECTORY, leaseSeconds = DEFAULT_LEASE_SECONDS } = options;
    if (!fileSystem.capabilities.conditionalCreate) {
      throw new UnsupportedOperationError(
        "the conditional creation of files that locks need",
        fileSystem.location,
      );
    }
    this.#clock = options.clock ?? systemClock();
    this.#files = new LeaseFiles({ fileSystem, directory, leaseSeconds, clock: this.#clock });
  }

  async acquire(key: string, options: AcquireOptions): Promise<Lock> {
    const deadline = this.#deadline(options.timeoutSeconds);
    const { holder, timeoutSeconds, signal } = options;
    const local = await this.#local.acquire(key, { holder, timeoutSeconds, signal });
    try {
      const holding = await this.#holding(key, () => this.#hold(key, options, deadline));
      const { lost } = holding.lease;
      lost.addEventListener("abort", () => void local.release(), { once: true });
      return new HeldLock({ key, holder, lost, release: () => this.#release(key, holding, local) });
    } catch (error) {
      await local.release();
      throw error;
    }
  }

  isLocked(key: string, options: CallOptions = {}): Promise<boolean> {
    return this.#files.isHeld(key, options.signal);
  }

  async waitFor(key: string, options: WaitForOptions = {}): Promise<boolean> {
    const deadline = this.#deadline(options.timeoutSeconds);
    for (let pollMs = FIRST_POLL_MS; await this.isLocked(key, options); pollMs *= 2) {
      if (!(await this.#pause(pollMs, deadline, options.signal))) return false;
    }
    return true;
  }

  /** Whoever comes here has the local lock, so what is held already is held by the same holder. */
  async #holding(key: string, hold: () => Promise<Holding>): Promise<Holding> {
    for (;;) {
      const underWay = this.#holdings.get(key);
      if (underWay === undefined) return this.#begin(key, hold());
      // A failure is told to who began it; here it means to begin again.
      const holding = await underWay.catch(() => undefined);
      if (holding === undefined) continue;
      holding.count += 1;
      return holding;
    }
  }

  async #begin(key: string, underWay: Promise<Holding>): Promise<Holding> {
    const forget = (): void => {
      if (this.#holdings.get(key) === underWay) this.#holdings.delete(key);
    };
    this.#holdings.set(key, underWay);
    try {
      const holding = await underWay;
      holding.lease.lost.addEventListener("abort", forget, { once: true });
      return holding;
    } catch (error) {
      forget();
      throw error;
    }
  }

  async #hold(key: string, options: AcquireOptions, deadline: number): Promise<Holding> {
    const { holder, holdTimeoutSeconds, timeoutSeconds = Number.POSITIVE_INFINITY, signal } = options;
    for (let pollMs = FIRST_POLL_MS; ; pollMs *= 2) {
      const lease = await this.#files.tryToTake(key, holder, signal);
      if (lease !== undefined) {
        if (holdTimeoutSeconds !== undefined) lease.forfeitAfter(holdTimeoutSeconds);
        return { lease, count: 1 };
      }
      if (!(await this.#pause(pollMs, deadline, signal))) {
        throw new LockTimeoutError(key, holder, timeoutSeconds);
      }
    }
  }

  async #release(key: string, holding: Holding, local: Lock): Promise<void> {
    holding.count -= 1;
    try {
      if (holding.count > 0 || holding.lease.lost.aborted) return;
      this.#holdings.delete(key);
      await holding.lease.release();
    } finally {
      await local.release();
    }
  }

  #deadline(timeoutSeconds: number = Number.POSITIVE_INFINITY): number {
    return this.#nowMs() + timeoutSeconds * 1000;
  }

  /** Waits about so long, never beyond the deadline; false when that has passed. Askers spread out by chance. */
  async #pause(ms: number, deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    const leftMs = deadline - this.#nowMs();
    if (leftMs <= 0) return false;
    const spread = Math.min(ms, MAX_POLL_MS) * (0.5 + Math.random() / 2);
    await this.#clock.sleep(Math.min(spread, leftMs), signal);
    return true;
  }

  #nowMs(): number {
    return this.#clock.nowUs() / 1000;
  }
}
