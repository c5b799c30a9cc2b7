/** Flow runs in memory, with their states and leases. */
import type { FlowRunHeartbeat, WireState } from "@sluice/protocol";
import type { Condition, MemberOf, ObjectQuery } from "../conditions.ts";
import { jsonCopy } from "../json-copy.ts";
import { endsLease } from "../lease.ts";
import type { FlowRunStore, LeasedFlowRun, RunTally, RunTallyQuery } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { addSeconds } from "../timestamp.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { copyFlowRun, copyState } from "./copies.ts";
import { pageOf } from "./page.ts";
import { idempotencyKey, type MemoryTables } from "./tables.ts";
import { countBy, tallyRuns } from "./tallies.ts";

/** Flow runs with their states and leases in the tables of a memory store. */
export class MemoryFlowRunStore implements FlowRunStore {
  readonly #tables: MemoryTables;
  readonly #access: Access;

  constructor(tables: MemoryTables, access: Access) {
    this.#tables = tables;
    this.#access = access;
  }

  insert(run: StoredFlowRun): Promise<{ run: StoredFlowRun; created: boolean }> {
    return this.#access(() => {
      const existing = this.#tables.flowRuns.get(run.id) ?? this.#findByKey(run);
      if (existing !== undefined) return { run: copyFlowRun(existing), created: false };
      const stored = copyFlowRun(run);
      this.#tables.putFlowRun(stored);
      if (stored.state !== null) this.#tables.putState(stored.id, stored.state);
      return { run: copyFlowRun(stored), created: true };
    });
  }

  find(id: string): Promise<StoredFlowRun | undefined> {
    return this.#access(() => {
      const run = this.#tables.flowRuns.get(id);
      return run && copyFlowRun(run);
    });
  }

  update(id: string, changes: Partial<StoredFlowRun>): Promise<boolean> {
    return this.#access(() => {
      const run = this.#tables.flowRuns.get(id);
      if (run === undefined) return false;
      const changed = Object.assign(copyFlowRun(run), jsonCopy(changes));
      this.#tables.putFlowRun(changed);
      if (changes.state !== undefined && changed.state !== null) this.#tables.putState(id, changed.state);
      return true;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#access(() => {
      const run = this.#tables.flowRuns.get(id);
      if (run === undefined) return false;
      this.#tables.deleteFlowRun(run);
      return true;
    });
  }

  listStates(id: string): Promise<WireState[]> {
    return this.#access(() => this.#tables.states(id).map(copyState));
  }

  findState(id: string): Promise<WireState | undefined> {
    return this.#access(() => {
      const state = this.#tables.findState(this.#tables.flowRuns.keys(), id);
      return state && copyState(state);
    });
  }

  list(query: ObjectQuery<StoredFlowRun>): Promise<StoredFlowRun[]> {
    return this.#access(() => pageOf(this.#select(query.where), query).map(copyFlowRun));
  }

  count(where?: Condition<StoredFlowRun>): Promise<number> {
    return this.#access(() => this.#select(where).length);
  }

  countBy(
    member: MemberOf<StoredFlowRun>,
    where?: Condition<StoredFlowRun>,
  ): Promise<ReadonlyMap<string, number>> {
    return this.#access(() => countBy(this.#select(where), member));
  }

  tally(query: RunTallyQuery<StoredFlowRun>): Promise<RunTally[]> {
    return this.#access(() => tallyRuns(this.#select(query.where), query));
  }

  renewLeases(beat: FlowRunHeartbeat, now: string): Promise<void> {
    return this.#access(() => {
      const lease = {
        owner: jsonCopy(beat.owner),
        lastHeartbeatAt: now,
        expiresAt: addSeconds(now, beat.lease_seconds),
      };
      for (const id of beat.flow_run_ids) {
        const run = this.#tables.flowRuns.get(id);
        if (run === undefined || (run.state !== null && endsLease(run.state))) continue;
        this.#tables.journal.set(this.#tables.leases, id, lease);
      }
    });
  }

  listLeased(): Promise<LeasedFlowRun[]> {
    return this.#access(() =>
      Array.from(this.#tables.leases, ([id, lease]) => ({
        id,
        owner: { ...lease.owner },
        lastHeartbeatAt: lease.lastHeartbeatAt,
        leaseExpiresAt: lease.expiresAt,
      })),
    );
  }

  #findByKey(run: StoredFlowRun): StoredFlowRun | undefined {
    if (run.idempotency_key === null) return undefined;
    return this.#tables.flowRuns.get(this.#tables.flowRunIdsByKey.get(idempotencyKey(run)) ?? "");
  }

  #select(where: Condition<StoredFlowRun> | undefined): StoredFlowRun[] {
    return select(this.#tables.flowRuns.values(), where, this.#tables.objectsOf);
  }
}
