/** The transaction that the current code runs in. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Transaction } from "./transaction.ts";

const storage = new AsyncLocalStorage<Transaction>();

/** The innermost transaction around the calling code, `undefined` outside any. */
export function currentTransaction(): Transaction | undefined {
  return storage.getStore();
}

/** Runs `work` inside a transaction. */
export function runInTransaction<R>(transaction: Transaction, work: () => R): R {
  return storage.run(transaction, work);
}
