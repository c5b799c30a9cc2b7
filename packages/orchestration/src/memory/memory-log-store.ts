/** Log lines in memory. */
import type { Log } from "@sluice/protocol";
import type { Condition, ObjectQuery } from "../conditions.ts";
import type { LogStore } from "../store.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { pageOf } from "./page.ts";
import { requiredValues } from "./required-values.ts";
import type { MemoryTables } from "./tables.ts";

/** Log lines in the tables of a memory store. */
export class MemoryLogStore implements LogStore {
  readonly #tables: MemoryTables;
  readonly #access: Access;

  constructor(tables: MemoryTables, access: Access) {
    this.#tables = tables;
    this.#access = access;
  }

  insert(logs: readonly Log[]): Promise<void> {
    return this.#access(() => {
      for (const log of logs) this.#tables.putLog({ ...log });
    });
  }

  list(query: ObjectQuery<Log>): Promise<Log[]> {
    return this.#access(() => {
      const found = select(this.#candidates(query.where), query.where, this.#tables.objectsOf);
      return pageOf(found, query).map((log) => ({ ...log }));
    });
  }

  deleteOlder(instant: string, limit: number): Promise<number> {
    return this.#access(() => {
      const where: Condition<Log> = { type: "at-most", member: "timestamp", value: instant };
      const old = select([...this.#tables.allLogs()].flat(), where, this.#tables.objectsOf);
      const oldest = pageOf(old, { orderBy: [{ member: "timestamp", direction: "asc" }], limit });
      this.#tables.deleteLogs(oldest);
      return oldest.length;
    });
  }

  /** The lines of the flow runs asked for, where that is all that can match; otherwise all. */
  #candidates(where: Condition<Log> | undefined): Log[] {
    const ids = requiredValues(where, "flow_run_id");
    if (ids === undefined) return [...this.#tables.allLogs()].flat();
    return [...this.#tables.looseLogs(), ...[...ids].flatMap((id) => this.#tables.logsOf(id))];
  }
}
