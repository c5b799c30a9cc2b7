/**
 * The events of every process on one PostgreSQL database: each tells the others the ids of what it stored, and they read
 * the events. What was told while a connection was lost is looked for in the store when it is back.
 */
import type { Store } from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";
import { type ClosableFeed, type Outbox, openSharedFeed } from "./postgres/shared-feed.ts";

const GATHER_MS = 10;
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

export type PostgresEventFeed = ClosableFeed<Event>;

/** Connects. Rejects when that is impossible now; a connection that is lost later is made again. */
export function postgresEventFeed(options: PostgresEventFeedOptions): Promise<PostgresEventFeed> {
  const { url, onError } = options;
  const { events } = options.store;
  return openSharedFeed({
    url,
    onError,
    channel: "sluice_events",
    gatherMs: GATHER_MS,
    wordsPerMessage: IDS_PER_MESSAGE,
    wordsPerRead: IDS_PER_READ,
    maxWaitingWords: MAX_WAITING_IDS,
    maxRememberedIds: MAX_WAITING_IDS,
    outbox: new WaitingIds(),
    read: (values) => {
      const where = { type: "one-of", member: "id", values } as const;
      return events.list({ where, direction: "asc", limit: values.length });
    },
    readMissed: async (lastAlive) => {
      const since = new Date(lastAlive.getTime() - MISSED_SLACK_MS).toISOString();
      const where = { type: "at-least", member: "occurred", value: since } as const;
      return (await events.list({ where, direction: "desc", limit: MAX_MISSED })).toReversed();
    },
  });
}

class WaitingIds implements Outbox<Event> {
  #ids: string[] = [];

  add(events: readonly Event[]): void {
    this.#ids = [...this.#ids, ...events.map(({ id }) => id)].slice(-MAX_WAITING_IDS);
  }

  take(count: number): readonly string[] {
    return this.#ids.splice(0, count);
  }
}
