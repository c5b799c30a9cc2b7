/** Cuts a large write into transactions, so that the event loop and other writers get their turn between. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** Some hundred rows are written in a few milliseconds, next to which the cost of a transaction is nothing. */
const BATCH_LENGTH = 200;

/** How much of several small writes is taken together. */
export const MAX_ITEMS_AT_ONCE: number = BATCH_LENGTH;
/** How much may wait for the write under way before more is refused. */
export const MAX_WAITING_ITEMS = 100_000;

/**
 * Prepares all batches of `items`, so that an item that cannot be kept fails the call before anything is written, then
 * writes them in order.
 */
export async function inBatches<T, Prepared>(
  items: readonly T[],
  prepare: (batch: readonly T[]) => Prepared,
  write: (prepared: Prepared) => Promise<void>,
): Promise<void> {
  const prepared: Prepared[] = [];
  for (let start = 0; start < items.length; start += BATCH_LENGTH) {
    if (start > 0) await nextTurn();
    prepared.push(prepare(items.slice(start, start + BATCH_LENGTH)));
  }
  for (const batch of prepared) await write(batch);
}
