/** Work that takes effect as a whole or is undone. */
import { isSluiceError, newId, type ResultReference } from "@sluice/protocol";
import type { IsolationLevel } from "../locking/isolation-level.ts";
import type { ResultRecord, ResultStore } from "../results/result-store.ts";
import { currentTransaction, runInTransaction } from "./current-transaction.ts";
import { KeyLock } from "./key-lock.ts";
import { TransactionError } from "./transaction-error.ts";
import { type TransactionLog, transactionLog } from "./transaction-log.ts";
import type { CommitMode, StageOptions, TransactionHook, TransactionOptions } from "./transaction-options.ts";
import { TransactionTree } from "./transaction-tree.ts";

export type TransactionState = "pending" | "active" | "staged" | "committed" | "rolled-back";

/**
 * A transaction step by step: `begin`, then work inside `run`, with `stage`, then `end` or `fail`. The function `transaction` does
 * all that. The states and their rules are those of Prefect 3.
 */
export class Transaction {
  readonly key: string | undefined;
  readonly store: ResultStore | undefined;
  readonly parent: Transaction | undefined;
  readonly commitMode: CommitMode;
  readonly isolationLevel: IsolationLevel;
  readonly #options: TransactionOptions;
  /** The mode that was asked for, here or around; not the default. */
  readonly #saidMode: CommitMode | undefined;
  readonly #log: TransactionLog;
  readonly #lock: KeyLock;
  /** The key's turn among the transactions of the tree. */
  readonly #turn: KeyLock;
  readonly #tree: TransactionTree;
  readonly #children: Transaction[] = [];
  readonly #values = new Map<string, unknown>();
  readonly #onCommit: TransactionHook[] = [];
  readonly #onRollback: TransactionHook[] = [];
  #state: TransactionState = "pending";
  #record: ResultRecord | undefined;
  #isRecordWritten = false;
  #staged: { readonly value: unknown; readonly expiration: Date | undefined } | undefined;
  /** The parent, if it can still commit or roll back what happens here. */
  #guardian: Transaction | undefined;
  #hasEnded = false;

  constructor(options: TransactionOptions = {}) {
    const { key, store, parent = currentTransaction() } = options;
    this.key = key;
    this.store = store;
    this.parent = parent;
    this.#saidMode = options.commitMode ?? (parent === undefined ? undefined : parent.#saidMode);
    this.commitMode = this.#saidMode ?? (parent === undefined ? "eager" : "lazy");
    this.isolationLevel = options.isolationLevel ?? parent?.isolationLevel ?? "read-committed";
    this.#options = options;
    this.#log = transactionLog(options.logger);
    this.#lock = new KeyLock(this.#log);
    this.#turn = new KeyLock(this.#log);
    this.#tree = parent === undefined ? new TransactionTree() : parent.#tree;
  }

  get state(): TransactionState {
    return this.#state;
  }

  get isStaged(): boolean {
    return this.#state === "staged";
  }

  get isCommitted(): boolean {
    return this.#state === "committed";
  }

  get isRolledBack(): boolean {
    return this.#state === "rolled-back";
  }

  /** The record found when the transaction began, written or staged; absent when there was none. */
  get record(): ResultRecord | undefined {
    return this.#record;
  }

  /** Whether the value can be read from the store now. */
  get isWritten(): boolean {
    return this.isCommitted && (this.#record === undefined || this.#isRecordWritten);
  }

  /** Where the staged value is, or will be, kept; absent without key, store or staged value. */
  get reference(): ResultReference | undefined {
    if (this.#record !== undefined) return this.#record.metadata;
    if (this.#staged === undefined || this.key === undefined) return undefined;
    return this.store?.referenceFor(this.key, { expiration: this.#staged.expiration });
  }

  /**
   * Takes the lock of a serializable transaction and looks for a record of the key, staged in a transaction around or written; if
   * there is one, the state is `committed`.
   *
   * @throws {LockTimeoutError} when the key is not free in time
   * @throws {TransactionError} when the transaction is serializable without a lock manager, or was begun before
   */
  async begin(): Promise<void> {
    if (this.#state !== "pending") throw new TransactionError(`${this.#name} was begun before.`);
    this.#guardian = this.parent === undefined || this.parent.#isDecided ? undefined : this.parent;
    try {
      await this.#takeLock();
      this.#record = this.#findStaged() ?? (await this.#findWritten());
    } catch (error) {
      await this.#releaseLock();
      throw error;
    }
    this.#state = this.#record === undefined ? "active" : "committed";
  }

  /** Runs work inside the transaction, so that transactions begun there are its children. */
  run<R>(work: () => R): R {
    return runInTransaction(this, work);
  }

  /** Keeps a value for whoever runs in this transaction or in one of its children. */
  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /**
   * A value kept by this transaction or one around it.
   *
   * @throws {TransactionError} when there is none and no fallback is given
   */
  get(name: string, ...fallback: [value?: unknown]): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    if (this.parent !== undefined) return this.parent.get(name, ...fallback);
    if (fallback.length > 0) return fallback[0];
    throw new TransactionError(`${this.#name} has no value "${name}". Set it first, or give a fallback.`);
  }

  /**
   * Keeps a value to be written at the commit, and adds hooks. A committed transaction takes nothing; one that was rolled back
   * because of a child is taken up again.
   */
  stage(value: unknown, options: StageOptions = {}): void {
    if (this.#state === "pending") throw new TransactionError(`${this.#name} has not begun.`);
    if (this.#state === "committed") return;
    this.#staged = { value, expiration: options.expiration };
    this.#onCommit.push(...(options.onCommit ?? []));
    this.#onRollback.push(...(options.onRollback ?? []));
    this.#state = "staged";
    if (this.key !== undefined && this.store !== undefined && this.#options.writeOnCommit !== false) {
      this.#tree.addStaged(this.key, { storage: this.store.storage, peek: () => this.#stagedRecord() });
    }
  }

  /**
   * Commits the children, writes the record, calls the commit hooks. Nothing happens, and the answer is false, when the
   * transaction is committed or rolled back already.
   *
   * @throws {TransactionError} when a record cannot be written; then everything not committed is rolled back. After an abort, the
   * signal's reason instead.
   */
  async commit(): Promise<boolean> {
    if (this.#isDecided) return false;
    try {
      await this.#commitChildren();
      await this.#writeRecord();
      // Those that ended meanwhile; nothing is awaited between the last one and the new state.
      await this.#commitChildren();
    } catch (cause) {
      await this.rollback();
      throw this.#options.signal?.aborted === true ? this.#options.signal.reason : this.#commitError(cause);
    }
    this.#state = "committed";
    for (const hook of this.#onCommit) await this.#call(hook, "commit");
    await this.#lock.release();
    return true;
  }

  /**
   * Calls the own roll-back hooks from last to first, then rolls back the children from last to first. Nothing happens, and the
   * answer is false, when the transaction is committed or rolled back already.
   */
  async rollback(): Promise<boolean> {
    if (this.#isDecided) return false;
    this.#state = "rolled-back";
    for (const hook of this.#onRollback.toReversed()) await this.#call(hook, "roll-back");
    for (const child of this.#children.toReversed()) await child.rollback();
    await this.#lock.release();
    return true;
  }

  /**
   * Ends a transaction whose work succeeded: commits, or leaves that to the parent, as the commit mode says.
   *
   * @throws {TransactionError} as `commit`
   */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    try {
      if (this.#guardian?.isRolledBack === true) await this.rollback();
      else if (this.#commitsNow) await this.commit();
      else if (this.#guardian === undefined) await this.rollback();
    } finally {
      await this.#leave();
    }
  }

  /** Ends a transaction whose work failed: it is rolled back, and its parent with it. */
  async fail(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.rollback();
    await this.#leave();
  }

  get #isDecided(): boolean {
    return this.isCommitted || this.isRolledBack;
  }

  /** Whether nobody else will do it. */
  get #commitsNow(): boolean {
    if (this.commitMode === "eager" || this.#guardian?.isCommitted === true) return true;
    return this.commitMode === "lazy" && this.#guardian === undefined;
  }

  async #leave(): Promise<void> {
    await this.#turn.release();
    // Also of one that was committed from the start.
    if (this.#isDecided) await this.#lock.release();
    const guardian = this.#guardian;
    if (guardian === undefined || guardian.isCommitted) return;
    guardian.#children.push(this);
    if (this.isRolledBack) await guardian.rollback();
  }

  async #commitChildren(): Promise<void> {
    for (const child of this.#children) await child.commit();
  }

  async #takeLock(): Promise<void> {
    const { key, store } = this;
    if (key === undefined || store === undefined || this.isolationLevel !== "serializable") return;
    const lockManager = this.#options.lockManager ?? store.lockManager;
    if (lockManager === undefined) {
      throw new TransactionError(`${this.#name} is serializable, but has no lock manager. Pass lockManager.`);
    }
    const { lockTimeoutSeconds: timeoutSeconds, signal } = this.#options;
    const { turns, lockHolder } = this.#tree;
    if (!this.#isLockedAround(key)) {
      this.#turn.hold(await turns.acquire(key, { holder: newId(), timeoutSeconds, signal }));
    }
    this.#lock.hold(await lockManager.acquire(key, { holder: lockHolder, timeoutSeconds, signal }));
  }

  async #releaseLock(): Promise<void> {
    await this.#turn.release();
    await this.#lock.release();
  }

  /** Whether a transaction around this one has the key; it would otherwise be waited for for ever. */
  #isLockedAround(key: string): boolean {
    for (let around = this.parent; around !== undefined; around = around.parent) {
      if (around.key === key && around.#lock.holder !== undefined) return true;
    }
    return false;
  }

  /** What an earlier transaction will write when one around both commits. */
  #findStaged(): ResultRecord | undefined {
    const { key, store } = this;
    if (key === undefined || store === undefined || this.#options.overwrite === true) return undefined;
    return this.#tree.findStaged(key, store.storage);
  }

  #stagedRecord(): ResultRecord | undefined {
    const { reference: metadata, store } = this;
    if (!this.isStaged || !this.#hasEnded || metadata === undefined) return undefined;
    return store?.isExpired(metadata) === true ? undefined : { value: this.#staged?.value, metadata };
  }

  /** A record that cannot be read counts as none: the work is done again and replaces it. */
  async #findWritten(): Promise<ResultRecord | undefined> {
    const { key, store } = this;
    if (key === undefined || store === undefined || this.#options.overwrite === true) return undefined;
    try {
      const record = await store.read(key, { signal: this.#options.signal });
      if (store.isExpired(record.metadata)) return undefined;
      this.#isRecordWritten = true;
      return record;
    } catch (error) {
      if (isSluiceError(error, "MISSING_RESULT")) return undefined;
      if (!isSluiceError(error, "CORRUPT_RESULT") && !isSluiceError(error, "SERIALIZATION")) throw error;
      this.#log.warn("The record of a transaction cannot be read; it will be replaced", { key, error });
      return undefined;
    }
  }

  async #writeRecord(): Promise<void> {
    this.#lock.checkHeld();
    if (this.key === undefined || this.#options.writeOnCommit === false) return;
    const { signal } = this.#options;
    await this.store?.write(this.key, this.#staged?.value, { expiration: this.#staged?.expiration, signal });
  }

  #commitError(cause: unknown): TransactionError {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return new TransactionError(`${this.#name} could not be committed and was rolled back: ${problem}`, {
      cause,
      details: { key: this.key },
    });
  }

  async #call(hook: TransactionHook, kind: "commit" | "roll-back"): Promise<void> {
    try {
      await hook(this);
    } catch (error) {
      this.#log.error(`A ${kind} hook of a transaction failed`, { key: this.key, hook: hook.name, error });
    }
  }

  get #name(): string {
    return this.key === undefined ? "The transaction" : `The transaction "${this.key}"`;
  }
}
