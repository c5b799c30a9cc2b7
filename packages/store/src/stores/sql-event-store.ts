/** Events in SQL. */
import type { EventStore } from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";
import { queryDialect } from "../queries/query-dialect.ts";
import { rawSql, sql } from "../queries/sql-fragment.ts";
import type { SqlDatabase } from "../sql-session.ts";
import {
  encodeEvent,
  encodeEventResources,
  INSERT_EVENT_RESOURCES,
  INSERT_EVENTS,
} from "../tables/event-table.ts";

const ID = { fragment: rawSql("id"), kind: "id" } as const;

export class SqlEventStore implements EventStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(events: readonly Event[]): Promise<readonly Event[]> {
    return this.#database.write(async (session) => {
      const ids = events.map((event) => event.id);
      const isKnown = queryDialect(this.#database.dialect).isOneOf(ID, ids);
      const known = new Set(
        (await session.ask(sql`select id from event where ${isKnown}`)).map(({ id }) => id),
      );
      const fresh = [...new Map(events.map((event) => [event.id, event])).values()].filter(
        (event) => !known.has(event.id),
      );
      await session.insertMany(INSERT_EVENTS, fresh.map(encodeEvent));
      await session.insertMany(INSERT_EVENT_RESOURCES, fresh.flatMap(encodeEventResources));
      return fresh;
    });
  }
}
