/**
 * A PostgreSQL database as a `SqlDatabase`: a pool of connections, so that transactions of this process and of others run
 * side by side. They are READ COMMITTED; what a transaction relies on it locks (`SqlSession.lockOf`).
 */
import { setTimeout as delay } from "node:timers/promises";
import { BegunWrites } from "@sluice/orchestration";
import { HistoryUnavailableError } from "@sluice/protocol";
import type { Pool, PoolClient } from "pg";
import type { SqlDatabase, SqlSession, SqlWork } from "../sql-session.ts";
import { isRetryable, toHistoryError } from "./postgres-fault.ts";
import { PostgresSession } from "./postgres-session.ts";
import { canRollBack } from "./roll-back.ts";
import { SharedTransactions } from "./shared-transactions.ts";

const MAX_ATTEMPTS = 5;
const MAX_RETRY_DELAY_MS = 20;

type Read<T> = (session: SqlSession) => Promise<T>;

export class PostgresDatabase implements SqlDatabase {
  readonly dialect = "postgres";
  readonly location: string;
  readonly #pool: Pool;
  readonly #shared: SharedTransactions;

  constructor(pool: Pool, location: string) {
    this.#pool = pool;
    this.location = location;
    this.#shared = new SharedTransactions({ pool, location, transact: (work) => this.write(work) });
  }

  read<T>(work: Read<T>): Promise<T> {
    return work(new PostgresSession(this.#pool, { location: this.location, isTransaction: false }));
  }

  write<T>(work: SqlWork<T>, sharedBy?: string): Promise<T> {
    return sharedBy === undefined ? retried(() => this.#transact(work)) : this.#shared.run(sharedBy, work);
  }

  writeOnce<T>(work: Read<T>): Promise<T> {
    return retried(() => this.read(work));
  }

  call<T>(work: (database: SqlDatabase) => Promise<T>): Promise<T> {
    return work(this);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #transact<T>(work: SqlWork<T>): Promise<T> {
    try {
      const client = await this.#pool.connect();
      let isUsable = false;
      try {
        const result = await this.#transactOn(client, work);
        isUsable = true;
        return result;
      } catch (error) {
        isUsable = await canRollBack(client);
        throw error;
      } finally {
        client.release(!isUsable);
      }
    } catch (error) {
      throw toHistoryError(error, this.location);
    }
  }

  /**
   * The connection is pipelined: `BEGIN` travels with the first statement of `work`, and `COMMIT` with the writes that it
   * has begun last.
   */
  async #transactOn<T>(client: PoolClient, work: SqlWork<T>): Promise<T> {
    const session = new PostgresSession(client, { location: this.location, isTransaction: true });
    const writes = new BegunWrites();
    const [, result] = await Promise.all([client.query("BEGIN"), work(session, writes.begin)]);
    const [{ command }] = await Promise.all([client.query("COMMIT"), writes.settled()]);
    if (command !== "COMMIT") {
      throw new HistoryUnavailableError(
        `A transaction of the history ${this.location} was given up because a call in it had failed, which its work ` +
          "passed over. Let such errors through.",
        { details: { location: this.location } },
      );
    }
    return result;
  }
}

/** Runs `work` again when another transaction was in its way. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error;
      await delay(Math.random() * MAX_RETRY_DELAY_MS);
    }
  }
}
