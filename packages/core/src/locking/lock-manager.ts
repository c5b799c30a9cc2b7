/** The interface of what gives one holder at a time the right to a key. */
import type { CallOptions } from "../filesystems/file-system.ts";

export interface AcquireOptions extends CallOptions {
  /** Who asks, unique per piece of work. A holder that asks again for what it has gets it, and has it until it released as often. */
  readonly holder: string;
  /** How long to wait for the lock before a `LockTimeoutError`. Default: for ever. */
  readonly timeoutSeconds?: number | undefined;
  /** How long the lock is held at most, even by a live holder; then others may have it. Default: until it is released. */
  readonly holdTimeoutSeconds?: number | undefined;
}

export interface WaitForOptions extends CallOptions {
  /** Default: for ever. */
  readonly timeoutSeconds?: number | undefined;
}

/** The right to a key, to be released: `await using lock = await locks.acquire(…)`. */
export interface Lock extends AsyncDisposable {
  readonly key: string;
  readonly holder: string;
  /** Aborts when the right is lost without a release: hold time-out, or a lease that could not be renewed. */
  readonly lost: AbortSignal;
  /** Gives the right back; again, or after it was lost, nothing happens. */
  release(): Promise<void>;
}

export interface LockManager {
  /**
   * Waits for the key to be free and takes it.
   *
   * @throws {LockTimeoutError} when it is not free in time
   */
  acquire(key: string, options: AcquireOptions): Promise<Lock>;
  /** Whether anybody holds the key. */
  isLocked(key: string, options?: CallOptions): Promise<boolean>;
  /** Waits until nobody holds the key, without taking it: true; false when the time is over. */
  waitFor(key: string, options?: WaitForOptions): Promise<boolean>;
}
