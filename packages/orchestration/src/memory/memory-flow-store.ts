/** Flows in memory. */
import type { Flow } from "@sluice/protocol";
import type { Condition, MemberOf, ObjectQuery } from "../conditions.ts";
import { jsonCopy } from "../json-copy.ts";
import type { FlowStore } from "../store.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { pageOf } from "./page.ts";
import type { MemoryTables } from "./tables.ts";
import { countBy } from "./tallies.ts";

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

  update(id: string, changes: Partial<Flow>): Promise<boolean> {
    return this.#access(() => {
      const flow = this.#tables.flows.get(id);
      if (flow === undefined) return false;
      this.#tables.putFlow({ ...flow, ...jsonCopy(changes) });
      return true;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#access(() => {
      const flow = this.#tables.flows.get(id);
      if (flow === undefined) return false;
      this.#tables.deleteFlow(flow);
      return true;
    });
  }

  find(id: string): Promise<Flow | undefined> {
    return this.#access(() => jsonCopy(this.#tables.flows.get(id)));
  }

  list(query: ObjectQuery<Flow>): Promise<Flow[]> {
    return this.#access(() => jsonCopy(pageOf(this.#select(query.where), query)));
  }

  count(where?: Condition<Flow>): Promise<number> {
    return this.#access(() => this.#select(where).length);
  }

  countBy(member: MemberOf<Flow>, where?: Condition<Flow>): Promise<ReadonlyMap<string, number>> {
    return this.#access(() => countBy(this.#select(where), member));
  }

  #select(where: Condition<Flow> | undefined): Flow[] {
    return select(this.#tables.flows.values(), where, this.#tables.objectsOf);
  }
}
