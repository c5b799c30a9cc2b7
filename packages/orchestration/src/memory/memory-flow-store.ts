/** Flows in memory. */
import type { Flow, FlowQuery } from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import type { FlowStore } from "../store.ts";
import type { Access } from "./access.ts";
import { flowPredicate } from "./filters.ts";
import { FLOW_ORDERS } from "./order.ts";
import { pageOf, select } from "./page.ts";
import { join, type MaybePredicate } from "./predicate.ts";
import { flowRunMatcher } from "./relations.ts";
import type { MemoryTables } from "./tables.ts";

/** Flows in the tables of a memory store. */
export class MemoryFlowStore implements FlowStore {
  readonly #tables: MemoryTables;
  readonly #access: Access;

  constructor(tables: MemoryTables, access: Access) {
    this.#tables = tables;
    this.#access = access;
  }

  insert(flow: Flow): Promise<{ flow: Flow; created: boolean }> {
    return this.#access(() => {
      const existing = this.#tables.flows.get(this.#tables.flowIdsByName.get(flow.name) ?? "");
      if (existing !== undefined) return { flow: jsonCopy(existing), created: false };
      this.#tables.putFlow(jsonCopy(flow));
      return { flow: jsonCopy(flow), created: true };
    });
  }

  find(id: string): Promise<Flow | undefined> {
    return this.#access(() => jsonCopy(this.#tables.flows.get(id)));
  }

  list(query: FlowQuery): Promise<Flow[]> {
    return this.#access(() =>
      jsonCopy(pageOf(this.#select(query), FLOW_ORDERS[query.sort ?? "NAME_ASC"], query)),
    );
  }

  count(query: FlowQuery): Promise<number> {
    return this.#access(() => this.#select(query).length);
  }

  #select(query: FlowQuery): Flow[] {
    return select(
      this.#tables.flows.values(),
      join("and_", [flowPredicate(query.flows), this.#hasRun(query)]),
    );
  }

  /** Flows of which one run matches the filters on runs. */
  #hasRun(query: FlowQuery): MaybePredicate<Flow> {
    const isMatch = flowRunMatcher(this.#tables, { flow_runs: query.flow_runs, task_runs: query.task_runs });
    if (isMatch === undefined) return undefined;
    const ids = new Set(select(this.#tables.flowRuns.values(), isMatch).map((run) => run.flow_id));
    return (flow) => ids.has(flow.id);
  }
}
