/** What a transaction can be told. */
import type { CallOptions } from "../filesystems/file-system.ts";
import type { IsolationLevel } from "../locking/isolation-level.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import type { Logger } from "../logging/logger.ts";
import type { ResultStore } from "../results/result-store.ts";
import type { Transaction } from "./transaction.ts";

/**
 * When a transaction commits:
 * - `eager`: at its end
 * - `lazy`: when its parent does; at its end if it has none
 * - `off`: when its parent does; without one it is rolled back at its end, unless `commit` was called
 */
export type CommitMode = "eager" | "lazy" | "off";

/** Called at a commit or a roll-back, and awaited; an error in it is logged and stops nothing. */
export type TransactionHook = (transaction: Transaction) => unknown;

export interface TransactionOptions extends CallOptions {
  /** Names the record of the transaction: a transaction whose key has a record is committed from the start. Default: no record. */
  readonly key?: string | undefined;
  /** Where the record is kept. */
  readonly store?: ResultStore | undefined;
  /** Default: what the parent was told, else "lazy"; without parent "eager". */
  readonly commitMode?: CommitMode | undefined;
  /** Default: the parent's, else "read-committed". */
  readonly isolationLevel?: IsolationLevel | undefined;
  /** Locks the key of a serializable transaction. Default: that of the store. */
  readonly lockManager?: LockManager | undefined;
  /** How long a serializable transaction waits for its key before a `LockTimeoutError`. Default: for ever. */
  readonly lockTimeoutSeconds?: number | undefined;
  /** Whether an existing record is ignored, and replaced at the commit. Default false. */
  readonly overwrite?: boolean | undefined;
  /** Whether a commit writes the record. Default true. */
  readonly writeOnCommit?: boolean | undefined;
  /** For errors in hooks and records that cannot be read. Default: process warnings. */
  readonly logger?: Pick<Logger, "warn" | "error"> | undefined;
  /** Default: the transaction around the code that begins this one. */
  readonly parent?: Transaction | undefined;
}

export interface StageOptions {
  /** Called in this order after the commit. */
  readonly onCommit?: readonly TransactionHook[] | undefined;
  /** Called in the opposite order at a roll-back. */
  readonly onRollback?: readonly TransactionHook[] | undefined;
  /** When the record stops to count. Default: never. */
  readonly expiration?: Date | undefined;
}
