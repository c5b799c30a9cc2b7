/** Events in memory. */
import type { Event } from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import type { EventStore } from "../store.ts";
import type { Access } from "./access.ts";
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
      const inserted = events.filter((event) => !known.has(event.id));
      for (const event of inserted) journal.set(known, event.id, jsonCopy(event));
      return inserted;
    });
  }
}
