/**
 * Lets the works of several callers share one transaction of one connection: their statements travel together, and one
 * commit makes all of them last.
 *
 * Row locks do not hold within a transaction, so each work says by its key which run it is about: works with the same key
 * never share. One that locks anything else is done again in a transaction of its own, and so are all of a transaction in
 * which one fails after it has written.
 */
import { BegunWrites } from "@sluice/orchestration";
import type { Pool, PoolClient } from "pg";
import type { SqlWork } from "../sql-session.ts";
import { GatheredPairs } from "./gathered-pairs.ts";
import { toHistoryError } from "./postgres-fault.ts";
import { PostgresSession } from "./postgres-session.ts";
import { canRollBack } from "./roll-back.ts";
import { SharedSession } from "./shared-session.ts";

/** As many share at most: a failure makes all of them run again. */
const MAX_WORKS = 32;
/** A transaction that takes longer, since it waits for a lock of somebody else, does not keep the next from starting. */
const PATIENCE_MS = 10;
/** So many works do not wait for the statements of others: they are worth a transaction beside theirs. */
const ENOUGH_WORKS = 3;
const MAX_TRANSACTIONS = 4;

export interface SharedTransactionsOptions {
  readonly pool: Pool;
  readonly location: string;
  /** Does a work in a transaction of its own. */
  readonly transact: <T>(work: SqlWork<T>) => Promise<T>;
}

/** What became of a work in a shared transaction. */
type Ending =
  /** `tell` its caller once the transaction is committed. */
  | { readonly type: "over"; readonly tell: () => void }
  /** It has to be done alone. */
  | { readonly type: "refused" }
  /** The transaction cannot be committed. */
  | { readonly type: "spoilt" };

interface WaitingWork {
  readonly key: string;
  share(session: SharedSession, writes: BegunWrites): Promise<Ending>;
  /** Tells its caller; never rejects. */
  doAlone(): Promise<void>;
  fail(error: unknown): void;
}

export class SharedTransactions {
  readonly #options: SharedTransactionsOptions;
  readonly #busyKeys = new Set<string>();
  #waiting: WaitingWork[] = [];
  #isScheduled = false;
  #transactions = 0;
  /** Transactions that are younger than the patience with them. */
  #young = 0;

  constructor(options: SharedTransactionsOptions) {
    this.#options = options;
  }

  /** Does the work in a transaction, perhaps with others. */
  run<T>(key: string, work: SqlWork<T>): Promise<T> {
    const { transact } = this.#options;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        key,
        share: (session, writes) => endingOf(work(session, writes.begin), session, { resolve, reject }),
        doAlone: () => transact(work).then(resolve, reject),
        fail: reject,
      });
      this.#schedule();
    });
  }

  /** Callers of the same turn of the event loop go together. */
  #schedule(): void {
    const mostYoung = this.#waiting.length < ENOUGH_WORKS ? 1 : 2;
    const isFull = this.#young >= mostYoung || this.#transactions >= MAX_TRANSACTIONS;
    if (this.#isScheduled || isFull || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const works = this.#take();
      if (works.length > 0) void this.#transact(works);
    });
  }

  /** Those that have waited longest and whose keys nobody else has. */
  #take(): WaitingWork[] {
    const taken: WaitingWork[] = [];
    this.#waiting = this.#waiting.filter((work) => {
      if (taken.length === MAX_WORKS || this.#busyKeys.has(work.key)) return true;
      this.#busyKeys.add(work.key);
      taken.push(work);
      return false;
    });
    return taken;
  }

  async #transact(works: readonly WaitingWork[]): Promise<void> {
    this.#transactions += 1;
    this.#young += 1;
    let isYoung = true;
    const age = (): void => {
      if (isYoung) this.#young -= 1;
      isYoung = false;
      this.#schedule();
    };
    const patience = setTimeout(age, PATIENCE_MS);
    const left = works.length === 1 ? works : await this.#share(works, age);
    await Promise.all(left.map((work) => work.doAlone()));
    clearTimeout(patience);
    this.#transactions -= 1;
    for (const { key } of works) this.#busyKeys.delete(key);
    age();
  }

  /** Gives those that are still to be done; never rejects. While the disk writes what it commits, the next may start. */
  async #share(works: readonly WaitingWork[], onCommit: () => void): Promise<readonly WaitingWork[]> {
    const client = await this.#options.pool.connect().catch(() => undefined);
    // Each will say by itself why there is no connection.
    if (client === undefined) return works;
    let isUsable = true;
    try {
      const writes = new BegunWrites();
      const endings = await this.#begin(client, works, writes);
      if (endings === undefined || endings.some(({ type }) => type === "spoilt")) {
        isUsable = await canRollBack(client);
        return works;
      }
      const ended = Promise.allSettled([client.query("COMMIT"), writes.settled()]);
      onCommit();
      const [committed] = await ended;
      if (committed.status === "rejected") {
        // Whether it was committed is not known, so it must not be done again.
        isUsable = false;
        const error = toHistoryError(committed.reason, this.#options.location);
        for (const work of works) work.fail(error);
        return [];
      }
      if (committed.value.command !== "COMMIT") return works;
      return works.filter((_, index) => {
        const ending = endings[index];
        if (ending?.type === "over") ending.tell();
        return ending?.type !== "over";
      });
    } finally {
      client.release(!isUsable);
    }
  }

  /** Does the works side by side; undefined when the transaction did not even begin. */
  async #begin(
    client: PoolClient,
    works: readonly WaitingWork[],
    writes: BegunWrites,
  ): Promise<Ending[] | undefined> {
    const session = new PostgresSession(client, { location: this.#options.location, isTransaction: true });
    const pairs = new GatheredPairs(session);
    const [begun, endings] = await Promise.all([
      client.query("BEGIN").then(
        () => true,
        () => false,
      ),
      Promise.all(works.map((work) => work.share(new SharedSession(session, pairs), writes))),
    ]);
    pairs.flush();
    return begun ? endings : undefined;
  }
}

async function endingOf<T>(
  work: Promise<T>,
  session: SharedSession,
  caller: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void },
): Promise<Ending> {
  let tell: () => void;
  try {
    const value = await work;
    tell = () => caller.resolve(value);
    if (!session.isRefused) return { type: "over", tell };
  } catch (error) {
    tell = () => caller.reject(error);
  }
  if (session.isBound) return { type: "spoilt" };
  return session.isRefused ? { type: "refused" } : { type: "over", tell };
}
