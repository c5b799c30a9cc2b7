/** Events in SQL. */
import {
  type Condition,
  type EventBuckets,
  type EventListQuery,
  type EventStore,
  type EventTally,
  type StoredEvent,
  storedEvent,
} from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";
import { bucketsStatement, countEventsStatement, tallyStatement } from "../queries/event-count-statements.ts";
import { listEventsStatement } from "../queries/event-statements.ts";
import type { SqlDatabase } from "../sql-session.ts";
import {
  DELETE_EVENT_RESOURCES,
  DELETE_EVENTS,
  decodeEvent,
  EVENT_TABLE,
  eventResourceRows,
  INSERT_EVENTS,
} from "../tables/event-table.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";

/** Goes from name to name in the index, not through all that have one. */
const LIST_NAMES_SQL = `
  WITH RECURSIVE name (event) AS (
    SELECT min(event) FROM event
    UNION ALL SELECT (SELECT min(event) FROM event WHERE event > name.event) FROM name WHERE name.event IS NOT NULL
  )
  SELECT event FROM name WHERE event IS NOT NULL`;

export class SqlEventStore implements EventStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(events: readonly Event[]): Promise<readonly Event[]> {
    const rows = new Map(events.map((event) => [event.id, storedRow(event)]));
    return this.#database.writeOnce(async (session) => {
      // In one order everywhere, so that writers of the same events do not block each other.
      const sorted = [...rows.keys()].sort().flatMap((id) => rows.get(id) ?? []);
      const inserted = await session.runPairs(
        INSERT_EVENTS,
        sorted.map((event) => EVENT_TABLE.encode(event)),
        sorted.flatMap(eventResourceRows),
      );
      const ids = new Set(inserted.map(({ id }) => id));
      return events.filter((event) => ids.delete(event.id));
    });
  }

  async list(query: EventListQuery): Promise<Event[]> {
    const statement = listEventsStatement(this.#database.dialect, query);
    return (await this.#database.read((session) => session.ask(statement))).map(decodeEvent);
  }

  async count(where: Condition<StoredEvent> | undefined, limit: number): Promise<number> {
    const statement = countEventsStatement(this.#database.dialect, where, limit);
    const [{ count } = { count: 0 }] = await this.#database.read((session) => session.ask(statement));
    return Number(count);
  }

  async tally(query: Parameters<EventStore["tally"]>[0]): Promise<EventTally[]> {
    const statement = tallyStatement(this.#database.dialect, query);
    const rows = await this.#database.read((session) => session.ask(statement));
    return rows.map(({ value, count, first, last }) => ({
      value: String(value),
      count: Number(count),
      first: String(first),
      last: String(last),
    }));
  }

  async countByTime(buckets: EventBuckets): Promise<ReadonlyMap<number, number>> {
    const statement = bucketsStatement(this.#database.dialect, buckets);
    const rows = await this.#database.read((session) => session.ask(statement));
    return new Map(rows.map(({ bucket, count }) => [Number(bucket), Number(count)]));
  }

  async listNames(): Promise<string[]> {
    const rows = await this.#database.read((session) => session.all(LIST_NAMES_SQL, []));
    return rows.map(({ event }) => String(event));
  }

  delete(where: Condition<StoredEvent>, limit: number): Promise<number> {
    const oldest = listEventsStatement(this.#database.dialect, { where, direction: "asc", limit });
    return this.#database.write(async (session) => {
      const events = (await session.ask(oldest)).map((row) => storedEvent(decodeEvent(row)));
      await session.runMany(DELETE_EVENT_RESOURCES, events.flatMap(eventResourceRows));
      await session.runMany(
        DELETE_EVENTS,
        events.map(({ id }) => [id]),
      );
      return events.length;
    });
  }
}

/** The instant is part of the keys of the event's resources, so it is written alike in both. */
function storedRow(event: Event): StoredEvent {
  return storedEvent({ ...event, occurred: storedTimestamp(event.occurred) });
}
