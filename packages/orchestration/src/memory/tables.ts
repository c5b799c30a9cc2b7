/** The collections of the memory store and the writes on them, all synchronous and undone by the journal on rollback. */
import {
  type Flow,
  isTerminalStateType,
  type Log,
  type RunOwner,
  type StateType,
  type WireState,
} from "@sluice/protocol";
import { endsLease } from "../lease.ts";
import {
  type ObjectNoun,
  type StoredEvent,
  type StoredFlowRun,
  type StoredNouns,
  type StoredTaskRun,
  UNIQUE_KEYS,
} from "../stored-nouns.ts";
import { compareStates } from "../task-run-record.ts";
import type { ObjectsOf } from "./condition-predicate.ts";
import { Journal } from "./journal.ts";
import { comparator } from "./order.ts";

const BY_TIME = comparator<Log>([{ member: "timestamp", direction: "asc" }]);

/** Who answers for a run, and until when. */
export interface Lease {
  readonly owner: RunOwner;
  readonly lastHeartbeatAt: string;
  readonly expiresAt: string;
}

/** All that a memory store knows. */
export class MemoryTables {
  readonly journal: Journal = new Journal();
  readonly flows: Map<string, Flow> = new Map();
  readonly flowIdsByName: Map<string, string> = new Map();
  readonly flowRuns: Map<string, StoredFlowRun> = new Map();
  readonly flowRunIdsByKey: Map<string, string> = new Map();
  readonly leases: Map<string, Lease> = new Map();
  readonly taskRuns: Map<string, StoredTaskRun> = new Map();
  readonly events: Map<string, StoredEvent> = new Map();
  readonly logIds: Set<string> = new Set();
  /** Finished flow runs, in the order they finished. */
  readonly finishedFlowRunIds: Set<string> = new Set();
  /** Task runs that no stored flow run will take along when it goes, once they or their flow run ended. */
  readonly looseTaskRunIds: Set<string> = new Set();
  readonly #objects: { readonly [N in ObjectNoun]: Map<string, StoredNouns[N]> } = emptyMaps();
  readonly #statesByRun: Map<string, WireState[]> = new Map();
  readonly #taskRunIdsByFlowRun: Map<string, Set<string>> = new Map();
  /** Lines by flow run, sorted; those without a stored flow run are under the empty id. */
  readonly #logsByFlowRun: Map<string, Log[]> = new Map();

  /** The objects of a noun by id. */
  objects<N extends ObjectNoun>(noun: N): Map<string, StoredNouns[N]> {
    return this.#objects[noun];
  }

  /** Every object of a noun. */
  readonly objectsOf: ObjectsOf = <N extends keyof StoredNouns>(noun: N) => {
    const all: { readonly [M in keyof StoredNouns]?: Iterable<StoredNouns[M]> } = {
      flow: this.flows.values(),
      flow_run: this.flowRuns.values(),
      task_run: this.taskRuns.values(),
      log: [...this.allLogs()].flat(),
      event: this.events.values(),
    };
    const run: Iterable<StoredNouns[N]> | undefined = all[noun];
    return run ?? (this.#objects[noun as ObjectNoun] as Map<string, StoredNouns[N]>).values();
  };

  putFlow(flow: Flow): void {
    this.journal.set(this.flows, flow.id, flow);
    this.journal.set(this.flowIdsByName, flow.name, flow.id);
  }

  deleteFlow(flow: Flow): void {
    this.journal.delete(this.flowIdsByName, flow.name);
    this.journal.delete(this.flows, flow.id);
  }

  putFlowRun(run: StoredFlowRun): void {
    this.journal.set(this.flowRuns, run.id, run);
    if (run.idempotency_key !== null) this.journal.set(this.flowRunIdsByKey, idempotencyKey(run), run.id);
    if (hasEnded(run)) this.journal.add(this.finishedFlowRunIds, run.id);
    else this.journal.drop(this.finishedFlowRunIds, run.id);
    if (run.state !== null && endsLease(run.state)) this.journal.delete(this.leases, run.id);
  }

  putTaskRun(run: StoredTaskRun): void {
    const before = this.taskRuns.get(run.id);
    this.journal.set(this.taskRuns, run.id, run);
    if (before?.flow_run_id !== run.flow_run_id) this.#reindexTaskRun(run, before?.flow_run_id ?? null);
    const { flow_run_id: flowRunId } = run;
    const isLoose = flowRunId === null ? hasEnded(run) : !this.flowRuns.has(flowRunId);
    if (isLoose) this.journal.add(this.looseTaskRunIds, run.id);
    else this.journal.drop(this.looseTaskRunIds, run.id);
  }

  /** Adds a state to a run's history, unless it is there. */
  putState(runId: string, state: WireState): void {
    this.journal.insertSorted(this.#listIn(this.#statesByRun, runId), state, compareStates);
  }

  putLog(log: Log): void {
    if (this.logIds.has(log.id)) return;
    this.journal.add(this.logIds, log.id);
    const home = log.flow_run_id !== null && this.flowRuns.has(log.flow_run_id) ? log.flow_run_id : "";
    this.journal.insertSorted(this.#listIn(this.#logsByFlowRun, home), log, BY_TIME);
  }

  /** Removes a flow run with everything of its own. */
  deleteFlowRun(run: StoredFlowRun): void {
    for (const id of [...this.taskRunIds(run.id)]) this.deleteTaskRun(id);
    for (const log of this.#logsByFlowRun.get(run.id) ?? []) this.journal.drop(this.logIds, log.id);
    this.journal.delete(this.#logsByFlowRun, run.id);
    this.#dropLooseLogs((log) => log.flow_run_id === run.id);
    this.journal.delete(this.#statesByRun, run.id);
    this.journal.delete(this.leases, run.id);
    this.journal.drop(this.finishedFlowRunIds, run.id);
    if (run.idempotency_key !== null) this.journal.delete(this.flowRunIdsByKey, idempotencyKey(run));
    this.journal.delete(this.flowRuns, run.id);
  }

  deleteTaskRun(id: string): void {
    const flowRunId = this.taskRuns.get(id)?.flow_run_id ?? null;
    if (flowRunId !== null) this.#unindexTaskRun(id, flowRunId);
    this.journal.delete(this.#statesByRun, id);
    this.journal.drop(this.looseTaskRunIds, id);
    this.journal.delete(this.taskRuns, id);
  }

  /** Removes the oldest lines without a stored flow run, until at most `count` are left. */
  keepLooseLogs(count: number): void {
    const excess = this.looseLogs().length - count;
    if (excess > 0) this.#dropLooseLogs((_log, index) => index < excess);
  }

  deleteLogs(logs: readonly Log[]): void {
    for (const log of logs) this.journal.drop(this.logIds, log.id);
    for (const [home, lines] of this.#logsByFlowRun) {
      const kept = lines.filter((log) => this.logIds.has(log.id));
      if (kept.length < lines.length) this.journal.set(this.#logsByFlowRun, home, kept);
    }
  }

  states(runId: string): readonly WireState[] {
    return this.#statesByRun.get(runId) ?? [];
  }

  /** The state with an id, of some run among those. */
  findState(runIds: Iterable<string>, id: string): WireState | undefined {
    for (const runId of runIds) {
      const state = this.states(runId).find((candidate) => candidate.id === id);
      if (state !== undefined) return state;
    }
    return undefined;
  }

  taskRunIds(flowRunId: string): Iterable<string> {
    return this.#taskRunIdsByFlowRun.get(flowRunId) ?? [];
  }

  /** The task runs of a flow run. */
  taskRunsOf(flowRunId: string): StoredTaskRun[] {
    const runs: StoredTaskRun[] = [];
    for (const id of this.taskRunIds(flowRunId)) {
      const run = this.taskRuns.get(id);
      if (run !== undefined) runs.push(run);
    }
    return runs;
  }

  logsOf(flowRunId: string): readonly Log[] {
    return this.#logsByFlowRun.get(flowRunId) ?? [];
  }

  looseLogs(): readonly Log[] {
    return this.logsOf("");
  }

  allLogs(): Iterable<readonly Log[]> {
    return this.#logsByFlowRun.values();
  }

  #dropLooseLogs(isDropped: (log: Log, index: number) => boolean): void {
    const kept: Log[] = [];
    for (const [index, log] of this.looseLogs().entries()) {
      if (isDropped(log, index)) this.journal.drop(this.logIds, log.id);
      else kept.push(log);
    }
    if (kept.length < this.looseLogs().length) this.journal.set(this.#logsByFlowRun, "", kept);
  }

  #reindexTaskRun(run: StoredTaskRun, before: string | null): void {
    if (before !== null) this.#unindexTaskRun(run.id, before);
    if (run.flow_run_id === null) return;
    let ids = this.#taskRunIdsByFlowRun.get(run.flow_run_id);
    if (ids === undefined) {
      ids = new Set();
      this.journal.set(this.#taskRunIdsByFlowRun, run.flow_run_id, ids);
    }
    this.journal.add(ids, run.id);
  }

  #unindexTaskRun(id: string, flowRunId: string): void {
    const ids = this.#taskRunIdsByFlowRun.get(flowRunId);
    if (ids === undefined) return;
    this.journal.drop(ids, id);
    if (ids.size === 0) this.journal.delete(this.#taskRunIdsByFlowRun, flowRunId);
  }

  #listIn<T>(lists: Map<string, T[]>, key: string): T[] {
    const existing = lists.get(key);
    if (existing !== undefined) return existing;
    const list: T[] = [];
    this.journal.set(lists, key, list);
    return list;
  }
}

/** One key per flow and idempotency key; ids of flows have no spaces. */
export function idempotencyKey(run: {
  readonly flow_id: string;
  readonly idempotency_key: string | null;
}): string {
  return `${run.flow_id} ${run.idempotency_key}`;
}

/** Whether a run is in a terminal state. */
export function hasEnded(run: { readonly state_type: StateType | null }): boolean {
  return run.state_type !== null && isTerminalStateType(run.state_type);
}

function emptyMaps(): { readonly [N in ObjectNoun]: Map<string, StoredNouns[N]> } {
  const maps = Object.keys(UNIQUE_KEYS).map((noun) => [noun, new Map()]);
  return Object.fromEntries(maps) as { readonly [N in ObjectNoun]: Map<string, StoredNouns[N]> };
}
