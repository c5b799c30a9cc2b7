/** Events in memory. */
import type { Event } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import { storedEvent } from "../events/stored-event.ts";
import { jsonCopy } from "../json-copy.ts";
import type { EventBuckets, EventListQuery, EventPosition, EventStore, EventTally } from "../store.ts";
import type { StoredEvent } from "../stored-nouns.ts";
import { compareTimestamps, secondsBetween } from "../timestamp.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { compareText } from "./order.ts";
import type { MemoryTables } from "./tables.ts";

/** Events in the tables of a memory store. */
export class MemoryEventStore implements EventStore {
  readonly #tables: MemoryTables;
  readonly #access: Access;

  constructor(tables: MemoryTables, access: Access) {
    this.#tables = tables;
    this.#access = access;
  }

  insert(events: readonly Event[]): Promise<readonly Event[]> {
    return this.#access(() => {
      const { events: known, journal } = this.#tables;
      return events.filter((event) => {
        if (known.has(event.id)) return false;
        journal.set(known, event.id, storedEvent(jsonCopy(event)));
        return true;
      });
    });
  }

  list(query: EventListQuery): Promise<Event[]> {
    return this.#access(() => {
      const sign = query.direction === "asc" ? 1 : -1;
      const { after } = query;
      const found = this.#select(query.where).sort((a, b) => sign * comparePositions(a, b));
      const chosen = query.isDistinct === true ? newestOfEach(found) : found;
      return chosen
        .filter((event) => after === undefined || sign * comparePositions(event, after) > 0)
        .slice(0, query.limit)
        .map(toEvent);
    });
  }

  count(where: Condition<StoredEvent> | undefined, limit: number): Promise<number> {
    return this.#access(() => Math.min(this.#select(where).length, limit));
  }

  tally(query: Parameters<EventStore["tally"]>[0]): Promise<EventTally[]> {
    return this.#access(() => {
      const tallies = new Map<string, EventTally>();
      for (const event of this.#select(query.where)) {
        const value = event[query.by];
        tallies.set(value, withEvent(tallies.get(value), value, event.occurred));
      }
      return [...tallies.values()]
        .sort((a, b) => b.count - a.count || compareText(a.value, b.value))
        .slice(0, query.limit);
    });
  }

  countByTime({ where, origin, seconds }: EventBuckets): Promise<ReadonlyMap<number, number>> {
    return this.#access(() => {
      const counts = new Map<number, number>();
      for (const { occurred } of this.#select(where)) {
        const index = Math.floor(secondsBetween(origin, occurred) / seconds);
        counts.set(index, (counts.get(index) ?? 0) + 1);
      }
      return counts;
    });
  }

  listNames(): Promise<string[]> {
    return this.#access(() => {
      const names = new Set<string>();
      for (const { event } of this.#tables.events.values()) names.add(event);
      return [...names].sort(compareText);
    });
  }

  delete(where: Condition<StoredEvent>, limit: number): Promise<number> {
    return this.#access(() => {
      const oldest = this.#select(where).sort(comparePositions).slice(0, limit);
      for (const { id } of oldest) this.#tables.journal.delete(this.#tables.events, id);
      return oldest.length;
    });
  }

  #select(where: Condition<StoredEvent> | undefined): StoredEvent[] {
    return select(this.#tables.events.values(), where, this.#tables.objectsOf);
  }
}

function comparePositions(a: EventPosition, b: EventPosition): number {
  return compareTimestamps(a.occurred, b.occurred) || compareText(a.id, b.id);
}

function newestOfEach(events: readonly StoredEvent[]): StoredEvent[] {
  const newest = new Map<string, StoredEvent>();
  for (const event of events) {
    const other = newest.get(event.resource_id);
    if (other === undefined || comparePositions(event, other) > 0) newest.set(event.resource_id, event);
  }
  return events.filter((event) => newest.get(event.resource_id) === event);
}

function withEvent(tally: EventTally | undefined, value: string, occurred: string): EventTally {
  if (tally === undefined) return { value, count: 1, first: occurred, last: occurred };
  return {
    value,
    count: tally.count + 1,
    first: compareTimestamps(occurred, tally.first) < 0 ? occurred : tally.first,
    last: compareTimestamps(occurred, tally.last) > 0 ? occurred : tally.last,
  };
}

function toEvent({ resource_id: _id, resource_ids: _ids, ...event }: StoredEvent): Event {
  return jsonCopy(event);
}
