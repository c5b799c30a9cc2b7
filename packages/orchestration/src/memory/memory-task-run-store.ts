/** Task runs in memory, with their states. */
import type { TaskRunRecord, WireState } from "@sluice/protocol";
import type { Condition, MemberOf, ObjectQuery } from "../conditions.ts";
import { jsonCopy } from "../json-copy.ts";
import type { RunTally, RunTallyQuery, TaskRunStore } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import { mergeTaskRunRecord } from "../task-run-record.ts";
import type { Access } from "./access.ts";
import { select } from "./condition-predicate.ts";
import { copyRecord, copyState, copyTaskRun } from "./copies.ts";
import { pageOf } from "./page.ts";
import { requiredValues } from "./required-values.ts";
import { hasEnded, type MemoryTables } from "./tables.ts";
import { countBy, tallyRuns } from "./tallies.ts";

const NEWEST_END: ObjectQuery<StoredTaskRun> = {
  orderBy: [{ member: "end_time", direction: "desc" }],
  limit: 1,
};

/** Task runs with their states in the tables of a memory store. */
export class MemoryTaskRunStore implements TaskRunStore {
  readonly #tables: MemoryTables;
  readonly #access: Access;

  constructor(tables: MemoryTables, access: Access) {
    this.#tables = tables;
    this.#access = access;
  }

  insert(run: StoredTaskRun): Promise<{ run: StoredTaskRun; created: boolean }> {
    return this.#access(() => {
      const existing = this.#tables.taskRuns.get(run.id) ?? this.#findByKeys(run);
      if (existing !== undefined) return { run: copyTaskRun(existing), created: false };
      const stored = copyTaskRun(run);
      this.#tables.putTaskRun(stored);
      if (stored.state !== null) this.#tables.putState(stored.id, stored.state);
      return { run: copyTaskRun(stored), created: true };
    });
  }

  find(id: string): Promise<StoredTaskRun | undefined> {
    return this.#access(() => {
      const run = this.#tables.taskRuns.get(id);
      return run && copyTaskRun(run);
    });
  }

  update(id: string, changes: Partial<StoredTaskRun>): Promise<boolean> {
    return this.#access(() => {
      const run = this.#tables.taskRuns.get(id);
      if (run === undefined) return false;
      const changed = Object.assign(copyTaskRun(run), jsonCopy(changes));
      this.#tables.putTaskRun(changed);
      if (changes.state !== undefined && changed.state !== null) this.#tables.putState(id, changed.state);
      return true;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#access(() => {
      const isThere = this.#tables.taskRuns.has(id);
      this.#tables.deleteTaskRun(id);
      return isThere;
    });
  }

  record(records: readonly TaskRunRecord[], now: string): Promise<void> {
    return this.#access(() => {
      // Copied before the first write, so that a record that cannot be kept fails the batch as a whole.
      for (const record of records.map(copyRecord)) this.#recordOne(record, now);
    });
  }

  listStates(id: string): Promise<WireState[]> {
    return this.#access(() => this.#tables.states(id).map(copyState));
  }

  findState(id: string): Promise<WireState | undefined> {
    return this.#access(() => {
      const state = this.#tables.findState(this.#tables.taskRuns.keys(), id);
      return state && copyState(state);
    });
  }

  list(query: ObjectQuery<StoredTaskRun>): Promise<StoredTaskRun[]> {
    return this.#access(() => pageOf(this.#select(query.where), query).map(copyTaskRun));
  }

  count(where?: Condition<StoredTaskRun>): Promise<number> {
    return this.#access(() => this.#select(where).length);
  }

  countBy(
    member: MemberOf<StoredTaskRun>,
    where?: Condition<StoredTaskRun>,
  ): Promise<ReadonlyMap<string, number>> {
    return this.#access(() => countBy(this.#select(where), member));
  }

  tally(query: RunTallyQuery<StoredTaskRun>): Promise<RunTally[]> {
    return this.#access(() => tallyRuns(this.#select(query.where), query));
  }

  findCached(cacheKey: string, now: string): Promise<StoredTaskRun | undefined> {
    return this.#access(() => {
      const [run] = pageOf(this.#select(cachedUnder(cacheKey, now)), NEWEST_END);
      return run && copyTaskRun(run);
    });
  }

  listUnfinished(flowRunId: string): Promise<string[]> {
    return this.#access(() =>
      this.#tables
        .taskRunsOf(flowRunId)
        .filter((run) => !hasEnded(run))
        .map((run) => run.id),
    );
  }

  #recordOne(record: TaskRunRecord, now: string): void {
    const existing = this.#tables.taskRuns.get(record.id);
    const merged = mergeTaskRunRecord(existing, record, now);
    if (merged !== existing) this.#tables.putTaskRun(merged);
    for (const state of record.states) this.#tables.putState(record.id, state);
  }

  #findByKeys(run: StoredTaskRun): StoredTaskRun | undefined {
    if (run.flow_run_id === null) return undefined;
    return this.#tables
      .taskRunsOf(run.flow_run_id)
      .find((other) => other.task_key === run.task_key && other.dynamic_key === run.dynamic_key);
  }

  #select(where: Condition<StoredTaskRun> | undefined): StoredTaskRun[] {
    const flowRunIds = requiredValues(where, "flow_run_id");
    const candidates =
      flowRunIds === undefined
        ? this.#tables.taskRuns.values()
        : [...flowRunIds].flatMap((id) => this.#tables.taskRunsOf(id));
    return select(candidates, where, this.#tables.objectsOf);
  }
}

function cachedUnder(cacheKey: string, now: string): Condition<StoredTaskRun> {
  return {
    type: "all",
    conditions: [
      { type: "equals", member: "cache_key", value: cacheKey },
      { type: "equals", member: "state_type", value: "COMPLETED" },
      { type: "none-of", member: "state_name", values: ["Cached"] },
      {
        type: "any",
        conditions: [
          { type: "is-missing", member: "cache_expiration", expected: true },
          { type: "not", condition: { type: "at-most", member: "cache_expiration", value: now } },
        ],
      },
    ],
  };
}
