/** Transactions as user code writes them. */
import { resultStore } from "../results/result-settings.ts";
import type { ResultStore } from "../results/result-store.ts";
import { currentScope } from "../runtime/run-scope.ts";
import { currentTransaction } from "./current-transaction.ts";
import { Transaction } from "./transaction.ts";
import { TransactionError } from "./transaction-error.ts";
import type { TransactionOptions } from "./transaction-options.ts";

export type TransactionBody<R> = (transaction: Transaction) => R | Promise<R>;

/**
 * Runs the body in a transaction and gives its value. Tasks called inside take part: their results are written when the transaction
 * commits; if the body throws, their roll-back hooks are called in reverse order, and the error is thrown on.
 *
 * A key without a store is kept where the current run, or the transaction around, keeps its results. The body runs also when the
 * key has a record already; ask `isCommitted`.
 *
 * @throws {TransactionError} when the commit fails, or a key has no store
 */
export function transaction<R>(body: TransactionBody<R>): Promise<R>;
export function transaction<R>(options: TransactionOptions, body: TransactionBody<R>): Promise<R>;
export async function transaction<R>(
  ...args: [body: TransactionBody<R>] | [options: TransactionOptions, body: TransactionBody<R>]
): Promise<R> {
  const [options, body] = args.length === 1 ? [{}, args[0]] : args;
  const scope = currentScope();
  const logger = options.logger ?? (scope?.taskRun ?? scope?.flowRun)?.logger;
  const opened = new Transaction({ ...options, store: await storeFor(options), logger });
  await opened.begin();
  let value: R;
  try {
    value = await opened.run(() => body(opened));
  } catch (error) {
    await opened.fail();
    throw error;
  }
  await opened.end();
  return value;
}

async function storeFor({ key, store, lockManager }: TransactionOptions): Promise<ResultStore | undefined> {
  if (store !== undefined || key === undefined) return store;
  const inherited = currentTransaction()?.store;
  if (inherited !== undefined) return inherited;
  const flowRun = currentScope()?.flowRun;
  if (flowRun === undefined) {
    throw new TransactionError(
      `The transaction "${key}" has no store to keep its record. Pass store, or begin it in a flow.`,
    );
  }
  const { resultStorage: storage, resultSerializer: serializer } = flowRun.results;
  return resultStore({ storage, serializer, lockManager }, flowRun.services);
}
