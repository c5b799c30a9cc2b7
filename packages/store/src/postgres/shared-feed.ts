/**
 * A feed that every process on one PostgreSQL database hears: each tells the others in short words of what it stored
 * (`NOTIFY`), and by those they read it.
 */
import { type Feed, LocalFeed } from "@sluice/orchestration";
import { newId } from "@sluice/protocol";
import { RecentIds } from "../recent-ids.ts";
import { ListeningConnection } from "./listening-connection.ts";

/** A feed that has to be closed. */
export interface ClosableFeed<T> extends Feed<T> {
  /** Tells others what waits, and ends the connection. */
  close(): Promise<void>;
}

/** What waits to be told, as words without spaces and commas. */
export interface Outbox<T> {
  add(items: readonly T[]): void;
  /** Takes out the oldest words, at most `count`; none when nothing waits. */
  take(count: number): readonly string[];
}

export interface SharedFeedOptions<T> {
  readonly url: string;
  /** Told of listeners that threw, and of trouble with the connection, which is made again by itself. */
  readonly onError: (error: unknown) => void;
  /** A name in lower case. */
  readonly channel: string;
  /** What is stored within this time travels together. */
  readonly gatherMs: number;
  /** Messages have 8,000 bytes at most. */
  readonly wordsPerMessage: number;
  readonly wordsPerRead: number;
  /** More words of others than that wait only when the database does not answer; the oldest are then forgotten. */
  readonly maxWaitingWords: number;
  /** How many ids are remembered, so that nothing is told twice. */
  readonly maxRememberedIds: number;
  readonly outbox: Outbox<T>;
  readonly read: (words: readonly string[]) => Promise<readonly T[]>;
  /** What was stored since a lost connection's last sign of life; absent where nobody depends on it. */
  readonly readMissed?: (lastAlive: Date) => Promise<readonly T[]>;
}

/** Connects. Rejects when that is impossible now; a connection that is lost later is made again. */
export async function openSharedFeed<T extends { readonly id: string }>(
  options: SharedFeedOptions<T>,
): Promise<ClosableFeed<T>> {
  const feed = new SharedFeed(options);
  await feed.open();
  return feed;
}

class SharedFeed<T extends { readonly id: string }> implements ClosableFeed<T> {
  readonly #options: SharedFeedOptions<T>;
  readonly #local: LocalFeed<T>;
  readonly #connection: ListeningConnection;
  readonly #sender = newId();
  readonly #told: RecentIds;
  #incoming: string[] = [];
  #sending: Promise<void> | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: SharedFeedOptions<T>) {
    const { url, channel, onError } = options;
    this.#options = options;
    this.#local = new LocalFeed<T>(onError);
    this.#told = new RecentIds(options.maxRememberedIds);
    this.#connection = new ListeningConnection({
      url,
      channel,
      onMessage: (message) => this.#receive(message),
      onReturn: (lastAlive) => void this.#catchUp(lastAlive),
      onError,
    });
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  publish(items: readonly T[]): void {
    if (items.length === 0) return;
    for (const { id } of items) this.#told.add(id);
    this.#options.outbox.add(items);
    this.#sending ??= this.#sendAll();
    this.#local.publish(items);
  }

  subscribe(listener: (items: readonly T[]) => void): () => void {
    return this.#local.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#reading;
    await this.#connection.close();
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    const { gatherMs, outbox, wordsPerMessage, onError } = this.#options;
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    for (let words = outbox.take(wordsPerMessage); words.length > 0; words = outbox.take(wordsPerMessage)) {
      try {
        await this.#connection.send(`${this.#sender} ${words.join(",")}`);
      } catch (error) {
        // Others have lost their connections too, most likely, and look into the store when they have new ones.
        onError(error);
      }
    }
    this.#sending = undefined;
  }

  #receive(message: string): void {
    const [sender, words = ""] = message.split(" ");
    if (sender === this.#sender || !this.#local.isHeard) return;
    this.#incoming = [...this.#incoming, ...words.split(",")].slice(-this.#options.maxWaitingWords);
    this.#reading ??= this.#readAll();
  }

  /** Never rejects. */
  async #readAll(): Promise<void> {
    const { read, wordsPerRead } = this.#options;
    while (this.#incoming.length > 0) await this.#tell(read(this.#incoming.splice(0, wordsPerRead)));
    this.#reading = undefined;
  }

  /** Never rejects. */
  async #catchUp(lastAlive: Date): Promise<void> {
    const { readMissed } = this.#options;
    if (readMissed !== undefined) await this.#tell(readMissed(lastAlive));
  }

  /** Never rejects. */
  async #tell(read: Promise<readonly T[]>): Promise<void> {
    try {
      this.#local.publish((await read).filter(({ id }) => this.#told.add(id)));
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
