/** What a transaction shares with those in and around it. */
import { newId } from "@sluice/protocol";
import type { FileSystem } from "../filesystems/file-system.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import { MemoryLockManager } from "../locking/memory-lock-manager.ts";
import type { ResultRecord } from "../results/result-store.ts";

/** A value staged under a key, for as long as `peek` gives it: neither written nor rolled back. */
export interface StagedRecord {
  readonly storage: FileSystem;
  peek(): ResultRecord | undefined;
}

/** The outermost transaction with all that were begun inside it. */
export class TransactionTree {
  /**
   * One holder for all: a transaction that ended keeps its lock until the outermost one commits, and a later one of the same key
   * would otherwise wait for that for ever.
   */
  readonly lockHolder: string = newId();
  /** What keeps apart those of one key, from begin to end, in place of the lock that they share. */
  readonly turns: LockManager = new MemoryLockManager();
  readonly #staged = new Map<string, StagedRecord>();

  /** Keeps a record for later transactions of its key to find. */
  addStaged(key: string, record: StagedRecord): void {
    this.#staged.set(key, record);
  }

  /** The record staged under a key that will be written to this storage. */
  findStaged(key: string, storage: FileSystem): ResultRecord | undefined {
    const staged = this.#staged.get(key);
    return staged?.storage === storage ? staged.peek() : undefined;
  }
}
