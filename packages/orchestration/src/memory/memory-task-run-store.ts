/** Task runs in memory, with their states. */
import type { TaskRunQuery, TaskRunRecord, WireState } from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import type { StoredTaskRun, TaskRunStore } from "../store.ts";
import { mergeTaskRunRecord } from "../task-run-record.ts";
import type { Access } from "./access.ts";
import { copyRecord, copyState, copyTaskRun } from "./copies.ts";
import { TASK_RUN_ORDERS } from "./order.ts";
import { pageOf, select } from "./page.ts";
import { taskRunMatcher, taskRunsOf } from "./relations.ts";
import { hasEnded, type MemoryTables } from "./tables.ts";

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

  record(records: readonly TaskRunRecord[], now: string): Promise<void> {
    return this.#access(() => {
      // Copied before the first write, so that a record that cannot be kept fails the batch as a whole.
      for (const record of records.map(copyRecord)) this.#recordOne(record, now);
    });
  }

  listStates(id: string): Promise<WireState[]> {
    return this.#access(() => this.#tables.states(id).map(copyState));
  }

  list(query: TaskRunQuery): Promise<StoredTaskRun[]> {
    return this.#access(() =>
      pageOf(this.#select(query), TASK_RUN_ORDERS[query.sort ?? "ID_DESC"], query).map(copyTaskRun),
    );
  }

  count(query: TaskRunQuery): Promise<number> {
    return this.#access(() => this.#select(query).length);
  }

  listUnfinished(flowRunId: string): Promise<string[]> {
    return this.#access(() =>
      taskRunsOf(this.#tables, flowRunId)
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
    return taskRunsOf(this.#tables, run.flow_run_id).find(
      (other) => other.task_key === run.task_key && other.dynamic_key === run.dynamic_key,
    );
  }

  #select(query: TaskRunQuery): StoredTaskRun[] {
    return select(this.#candidates(query), taskRunMatcher(this.#tables, query));
  }

  /** The task runs of the flow runs asked for, where that is all that can match; otherwise all. */
  #candidates(query: TaskRunQuery): Iterable<StoredTaskRun> {
    const filter = query.task_runs;
    const ids = filter?.flow_run_id?.any_;
    const isNarrow = filter?.operator !== "or_" && filter?.flow_run_id?.operator !== "or_";
    if (ids === null || ids === undefined || !isNarrow) return this.#tables.taskRuns.values();
    return [...new Set(ids)].flatMap((id) => taskRunsOf(this.#tables, id));
  }
}
