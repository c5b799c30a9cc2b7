/** How a noun's store reaches the tables: through the queue of the whole store, or directly inside a transaction. */

/** Runs synchronous work on the tables. */
export type Access = <T>(work: () => T) => Promise<T>;
