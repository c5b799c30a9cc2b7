/** A file that says who holds a lock and until when, kept fresh while the holder lives. */

import { readText } from "../filesystems/file-operations.ts";
import type { FileSystem } from "../filesystems/file-system.ts";
import { FileNotFoundError } from "../filesystems/file-system-errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { LockLostError } from "./lock-lost-error.ts";
import { timerMs } from "./pending-turn.ts";

/** What the file says. */
export interface LeaseRecord {
  readonly holder: string;
  /** Unique per acquisition. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface FileLeaseInit {
  readonly key: string;
  readonly fileSystem: FileSystem;
  readonly path: string;
  readonly record: LeaseRecord;
  readonly leaseSeconds: number;
  readonly clock: Clock;
}

/** How often a lease is renewed within its time, so that two renewals may fail. */
const RENEWALS_PER_LEASE = 3;

/** A lease that exists; it renews itself until it is released or lost. */
export class FileLease {
  readonly #init: FileLeaseInit;
  readonly #lost = new AbortController();
  #record: LeaseRecord;
  #renewalTimer: NodeJS.Timeout | undefined;
  #holdTimer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(init: FileLeaseInit) {
    this.#init = init;
    this.#record = init.record;
    this.#scheduleRenewal();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Removes the file; after the lease was lost, nothing, since the file may be another's. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    await this.#renewal;
    const { fileSystem, path } = this.#init;
    if (await this.#isOwn()) await fileSystem.delete(path);
  }

  /** Gives the lease up after so many seconds, if it is not over by then. */
  forfeitAfter(seconds: number): void {
    const forfeit = (): void => {
      if (this.#isOver) return;
      // A file that cannot be removed now expires by itself, since it is no longer renewed.
      this.release().catch(() => undefined);
      this.#lose(`it was held for more than ${seconds} second(s)`);
    };
    this.#holdTimer = setTimeout(forfeit, timerMs(seconds)).unref();
  }

  #scheduleRenewal(): void {
    const ms = timerMs(this.#init.leaseSeconds / RENEWALS_PER_LEASE);
    const renew = (): void => {
      this.#renewal = this.#renew();
    };
    // A lock alone does not keep the process alive; its file then expires.
    this.#renewalTimer = setTimeout(renew, ms).unref();
  }

  /** Never writes when the time is over: by then the file may be another's. */
  async #renew(): Promise<void> {
    const why = await this.#tryToRenew();
    if (this.#isOver) return;
    if (why === undefined) {
      this.#scheduleRenewal();
      return;
    }
    this.#end();
    this.#lose(why);
  }

  #lose(why: string): void {
    this.#lost.abort(new LockLostError(this.#init.key, why));
  }

  /** Why the lease is lost, if it is. A renewal that fails is tried again as long as there is time. */
  async #tryToRenew(): Promise<string | undefined> {
    const { fileSystem, path, leaseSeconds, clock } = this.#init;
    if (nowMs(clock) >= this.#record.expiresAt.getTime()) return "it could not be renewed in time";
    try {
      if (!(await this.#isOwn())) return `its file ${path} was removed or replaced`;
      if (this.#isOver) return undefined;
      const record = { ...this.#record, expiresAt: new Date(nowMs(clock) + leaseSeconds * 1000) };
      await fileSystem.write(path, leaseText(record));
      this.#record = record;
    } catch (error) {
      const isOver = nowMs(clock) >= this.#record.expiresAt.getTime();
      return isOver
        ? `it could not be renewed: ${error instanceof Error ? error.message : String(error)}`
        : undefined;
    }
    return undefined;
  }

  async #isOwn(): Promise<boolean> {
    const { fileSystem, path } = this.#init;
    return (await readLease(fileSystem, path))?.token === this.#record.token;
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#renewalTimer);
    clearTimeout(this.#holdTimer);
  }
}

/** The text of a lease's file. */
export function leaseText({ holder, token, expiresAt }: LeaseRecord): string {
  return JSON.stringify({ holder, token, expires_at: expiresAt.toISOString() });
}

/** What a lease's file says; `undefined` when it is gone or says nothing of the kind. */
export async function readLease(
  fileSystem: FileSystem,
  path: string,
  signal?: AbortSignal | undefined,
): Promise<LeaseRecord | undefined> {
  try {
    return parseLease(await readText(fileSystem, path, { signal }));
  } catch (error) {
    if (error instanceof FileNotFoundError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseLease(text: string): LeaseRecord | undefined {
  const { holder, token, expires_at: expires } = JSON.parse(text) ?? {};
  const expiresAt = new Date(String(expires));
  const isLease =
    typeof holder === "string" && typeof token === "string" && !Number.isNaN(expiresAt.getTime());
  return isLease ? { holder, token, expiresAt } : undefined;
}

function nowMs(clock: Clock): number {
  return clock.nowUs() / 1000;
}
