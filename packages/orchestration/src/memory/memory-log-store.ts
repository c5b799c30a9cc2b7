/** Log lines in memory. */
import type { Log, LogQuery } from "@sluice/protocol";
import type { LogStore } from "../store.ts";
import type { Access } from "./access.ts";
import { logPredicate } from "./filters.ts";
import { LOG_ORDERS } from "./order.ts";
import { pageOf, select } from "./page.ts";
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

  list(query: LogQuery): Promise<Log[]> {
    return this.#access(() => {
      const found = select(this.#candidates(query), logPredicate(query.logs));
      return pageOf(found, LOG_ORDERS[query.sort ?? "TIMESTAMP_ASC"], query).map((log) => ({ ...log }));
    });
  }

  /** The lines of the flow runs asked for, where that is all that can match; otherwise all. */
  #candidates(query: LogQuery): Log[] {
    const ids = query.logs?.flow_run_id?.any_;
    if (ids === null || ids === undefined || query.logs?.operator === "or_")
      return [...this.#tables.allLogs()].flat();
    return [...this.#tables.looseLogs(), ...[...new Set(ids)].flatMap((id) => this.#tables.logsOf(id))];
  }
}
