/** A connection that listens to a channel of PostgreSQL for as long as it is wanted: it is made again when it is lost. */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { connect } from "./open-pool.ts";

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** How soon a peer that vanished without a word is noticed. */
const CHECK_INTERVAL_MS = 15_000;
const QUERY_TIMEOUT_MS = 10_000;

export interface ListeningOptions {
  readonly url: string;
  /** A name in lower case. */
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  /** Called when the connection stands again, with the instant of its last sign of life. */
  readonly onReturn: (lastAlive: Date) => void;
  readonly onError: (error: unknown) => void;
}

export class ListeningConnection {
  readonly #options: ListeningOptions;
  readonly #closing = new AbortController();
  #client: Client | undefined;
  #lastAlive = new Date();
  #check: NodeJS.Timeout | undefined;
  #reconnecting: Promise<void> | undefined;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  /** Rejects when the first connection cannot be made; later ones are tried until they can. */
  async open(): Promise<void> {
    await this.#connect();
    this.#check = setInterval(
      () => void this.#send("SELECT 1", []).catch(this.#options.onError),
      CHECK_INTERVAL_MS,
    );
    this.#check.unref();
  }

  /**
   * Sends a message of at most 8,000 bytes to every listener, this one included.
   * @throws {Error} when there is no connection right now.
   */
  send(message: string): Promise<void> {
    return this.#send("SELECT pg_notify($1, $2)", [this.#options.channel, message]);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#check);
    await this.#reconnecting;
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const { url, channel, onMessage } = this.#options;
    const client = await connect(url, { query_timeout: QUERY_TIMEOUT_MS });
    client.on("notification", ({ payload }) => {
      this.#lastAlive = new Date();
      onMessage(payload ?? "");
    });
    client.on("end", () => this.#reconnect(client));
    this.#client = client;
    await client.query(`LISTEN ${channel}`);
    this.#lastAlive = new Date();
  }

  async #send(sql: string, parameters: readonly string[]): Promise<void> {
    const client = this.#client;
    if (client === undefined)
      throw new Error("The connection that listens to the database is being made again.");
    try {
      await client.query(sql, [...parameters]);
      this.#lastAlive = new Date();
    } catch (error) {
      // Whatever is wrong with it, a new one is better.
      this.#reconnect(client);
      throw error;
    }
  }

  #reconnect(lost: Client): void {
    if (this.#client !== lost || this.#closing.signal.aborted) return;
    this.#client = undefined;
    void lost.end().catch(() => undefined);
    this.#reconnecting = this.#connectAgain();
  }

  /** Never rejects. */
  async #connectAgain(): Promise<void> {
    const lastAlive = this.#lastAlive;
    for (
      let waitMs = MIN_RETRY_MS;
      !this.#closing.signal.aborted;
      waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)
    ) {
      try {
        await delay(waitMs * (0.5 + Math.random()), undefined, { signal: this.#closing.signal });
        await this.#connect();
        this.#options.onReturn(lastAlive);
        return;
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#options.onError(error);
      }
    }
  }
}
