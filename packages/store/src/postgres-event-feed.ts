/**
 * The events of every process on one PostgreSQL database: each tells the others the ids of what it stored (`NOTIFY`), and
 * they read the events. What was told while a connection was lost is looked for in the store when it is back.
 */
import { type EventFeed, type EventListener, LocalEventFeed, type Store } from "@sluice/orchestration";
import { type Event, newId } from "@sluice/protocol";
import { ListeningConnection } from "./postgres/listening-connection.ts";
import { RecentIds } from "./recent-ids.ts";

const CHANNEL = "sluice_events";
/** Ids of events that are stored within this time travel together. */
const GATHER_MS = 10;
/** Messages have 8,000 bytes at most. */
const IDS_PER_MESSAGE = 180;
const IDS_PER_READ = 500;
/** More than that waits only when the database does not answer; the oldest then reach others by their own look into the store. */
const MAX_WAITING_IDS = 20_000;
/** How far back is looked for what was missed: clocks differ, and events are told after they occurred. */
const MISSED_SLACK_MS = 30_000;
const MAX_MISSED = 5_000;

export interface PostgresEventFeedOptions {
  /** As of `postgresStore`. */
  readonly url: string;
  /** Where the events are that others tell of. */
  readonly store: Pick<Store, "events">;
  /** Told of listeners that threw, and of trouble with the connection, which is made again by itself. */
  readonly onError: (error: unknown) => void;
}

/** A feed that has to be closed. */
export interface PostgresEventFeed extends EventFeed {
  /** Tells others what waits, and ends the connection. */
  close(): Promise<void>;
}

/** Connects. Rejects when that is impossible now; a connection that is lost later is made again. */
export async function postgresEventFeed(options: PostgresEventFeedOptions): Promise<PostgresEventFeed> {
  const feed = new SharedEventFeed(options);
  await feed.open();
  return feed;
}

class SharedEventFeed implements PostgresEventFeed {
  readonly #store: Pick<Store, "events">;
  readonly #onError: (error: unknown) => void;
  readonly #local: LocalEventFeed;
  readonly #connection: ListeningConnection;
  readonly #sender = newId();
  readonly #told = new RecentIds(MAX_WAITING_IDS);
  #outgoing: string[] = [];
  #incoming: string[] = [];
  #sending: Promise<void> | undefined;
  #reading: Promise<void> | undefined;

  constructor({ url, store, onError }: PostgresEventFeedOptions) {
    this.#store = store;
    this.#onError = onError;
    this.#local = new LocalEventFeed(onError);
    this.#connection = new ListeningConnection({
      url,
      channel: CHANNEL,
      onMessage: (message) => this.#receive(message),
      onReturn: (lastAlive) => void this.#catchUp(lastAlive),
      onError,
    });
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  publish(events: readonly Event[]): void {
    if (events.length === 0) return;
    const ids = events.map(({ id }) => id);
    for (const id of ids) this.#told.add(id);
    this.#outgoing = [...this.#outgoing, ...ids].slice(-MAX_WAITING_IDS);
    this.#sending ??= this.#sendAll();
    this.#local.publish(events);
  }

  subscribe(listener: EventListener): () => void {
    return this.#local.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#reading;
    await this.#connection.close();
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (this.#outgoing.length > 0) {
      const ids = this.#outgoing.splice(0, IDS_PER_MESSAGE);
      try {
        await this.#connection.send(`${this.#sender} ${ids.join(",")}`);
      } catch (error) {
        // Others have lost their connections too, most likely, and look into the store when they have new ones.
        this.#onError(error);
      }
    }
    this.#sending = undefined;
  }

  #receive(message: string): void {
    const [sender, ids = ""] = message.split(" ");
    if (sender === this.#sender) return;
    this.#incoming = [...this.#incoming, ...ids.split(",")].slice(-MAX_WAITING_IDS);
    this.#reading ??= this.#readAll();
  }

  /** Never rejects. */
  async #readAll(): Promise<void> {
    while (this.#incoming.length > 0) {
      const values = this.#incoming.splice(0, IDS_PER_READ);
      try {
        const where = { type: "one-of", member: "id", values } as const;
        this.#tell(await this.#store.events.list({ where, direction: "asc", limit: values.length }));
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#reading = undefined;
  }

  /** Never rejects. */
  async #catchUp(lastAlive: Date): Promise<void> {
    const since = new Date(lastAlive.getTime() - MISSED_SLACK_MS).toISOString();
    try {
      const where = { type: "at-least", member: "occurred", value: since } as const;
      const newest = await this.#store.events.list({ where, direction: "desc", limit: MAX_MISSED });
      this.#tell(newest.toReversed());
    } catch (error) {
      this.#onError(error);
    }
  }

  #tell(events: readonly Event[]): void {
    this.#local.publish(events.filter(({ id }) => this.#told.add(id)));
  }
}
