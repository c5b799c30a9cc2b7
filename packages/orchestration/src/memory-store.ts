/** A store that keeps history in the memory of the process: the reference of the interface, and bounded. */
import { HistoryUnavailableError } from "@sluice/protocol";
import { BegunWrites } from "./begun-writes.ts";
import type { MemberOf } from "./conditions.ts";
import type { Access } from "./memory/access.ts";
import { MemoryEventStore } from "./memory/memory-event-store.ts";
import { MemoryFlowRunStore } from "./memory/memory-flow-run-store.ts";
import { MemoryFlowStore } from "./memory/memory-flow-store.ts";
import { MemoryLogStore } from "./memory/memory-log-store.ts";
import { MemoryObjectStore } from "./memory/memory-object-store.ts";
import { MemoryTaskRunStore } from "./memory/memory-task-run-store.ts";
import { MemoryTables } from "./memory/tables.ts";
import { SerialQueue } from "./serial-queue.ts";
import {
  type BeginWrite,
  type EventStore,
  type FlowRunStore,
  type FlowStore,
  type LogStore,
  NestedTransactionError,
  type ObjectStore,
  type Store,
  type TaskRunStore,
} from "./store.ts";
import { type ObjectNoun, type StoredNouns, UNIQUE_KEYS } from "./stored-nouns.ts";

const LOCATION = "memory";
const DEFAULT_MAX_FINISHED_FLOW_RUNS = 1000;
const DEFAULT_MAX_FINISHED_TASK_RUNS = 10_000;
/** Log lines of no stored flow run; dropping a tenth at once keeps the cost per line constant. */
const MAX_LOOSE_LOGS = 10_000;
const KEPT_LOOSE_LOGS = 9_000;
const MAX_EVENTS = 10_000;

/** How much a memory store keeps. */
export interface MemoryStoreOptions {
  /**
   * When more flow runs have finished, the oldest of them go with their states, task runs and logs; default 1000. With 0
   * only live runs are kept, in and outside of flows.
   */
  readonly maxFinishedFlowRuns?: number | undefined;
}

/** Keeps history until the process ends or its bounds are reached; nothing is written anywhere. */
export class MemoryStore implements Store {
  readonly location: string = LOCATION;
  readonly flows: FlowStore;
  readonly flowRuns: FlowRunStore;
  readonly taskRuns: TaskRunStore;
  readonly logs: LogStore;
  readonly events: EventStore;
  readonly #tables = new MemoryTables();
  readonly #access: Access = (work) => this.#queue.runNow(() => this.#runOne(work));
  readonly #queue = new SerialQueue();
  readonly #maxFinishedFlowRuns: number;
  readonly #maxFinishedTaskRuns: number;
  #isClosed = false;

  constructor(options: MemoryStoreOptions = {}) {
    this.#maxFinishedFlowRuns = options.maxFinishedFlowRuns ?? DEFAULT_MAX_FINISHED_FLOW_RUNS;
    this.#maxFinishedTaskRuns = this.#maxFinishedFlowRuns === 0 ? 0 : DEFAULT_MAX_FINISHED_TASK_RUNS;
    ({
      flows: this.flows,
      flowRuns: this.flowRuns,
      taskRuns: this.taskRuns,
      logs: this.logs,
      events: this.events,
    } = nouns(this.#tables, this.#access));
  }

  objects<N extends ObjectNoun>(noun: N): ObjectStore<StoredNouns[N]> {
    return objectStore(this.#tables, this.#access, noun);
  }

  transaction<T>(work: (store: Store, begin: BeginWrite) => Promise<T>): Promise<T> {
    return this.#queue.run(() => this.#runTransaction(work));
  }

  async close(): Promise<void> {
    await this.#queue.run(() => {
      this.#isClosed = true;
    });
  }

  #runOne<T>(work: () => T): T {
    this.#requireOpen();
    const result = work();
    this.#evict();
    return result;
  }

  async #runTransaction<T>(work: (store: Store, begin: BeginWrite) => Promise<T>): Promise<T> {
    this.#requireOpen();
    const scope = { hasEnded: false };
    const { journal } = this.#tables;
    journal.begin();
    try {
      const writes = new BegunWrites();
      const result = await work(this.#transactionStore(scope), writes.begin);
      await writes.settled();
      journal.commit();
      this.#evict();
      return result;
    } catch (error) {
      journal.rollback();
      throw error;
    } finally {
      scope.hasEnded = true;
    }
  }

  #transactionStore(scope: { readonly hasEnded: boolean }): Store {
    const access: Access = async (work) => {
      if (scope.hasEnded) throw unavailable("the transaction it was part of has ended");
      return work();
    };
    return {
      location: LOCATION,
      ...nouns(this.#tables, access),
      objects: (noun) => objectStore(this.#tables, access, noun),
      transaction: () => Promise.reject(new NestedTransactionError(LOCATION)),
      close: () => Promise.reject(unavailable("a transaction cannot close the store it works on")),
    };
  }

  #requireOpen(): void {
    if (this.#isClosed) throw unavailable("it is closed");
  }

  #evict(): void {
    const { events, finishedFlowRunIds, flowRuns, looseTaskRunIds } = this.#tables;
    for (const id of finishedFlowRunIds) {
      if (finishedFlowRunIds.size <= this.#maxFinishedFlowRuns) break;
      const run = flowRuns.get(id);
      if (run !== undefined) this.#tables.deleteFlowRun(run);
    }
    for (const id of events.keys()) {
      if (events.size <= MAX_EVENTS) break;
      events.delete(id);
    }
    for (const id of looseTaskRunIds) {
      if (looseTaskRunIds.size <= this.#maxFinishedTaskRuns) break;
      this.#tables.deleteTaskRun(id);
    }
    if (this.#tables.looseLogs().length > MAX_LOOSE_LOGS) this.#tables.keepLooseLogs(KEPT_LOOSE_LOGS);
  }
}

function nouns(
  tables: MemoryTables,
  access: Access,
): Pick<Store, "flows" | "flowRuns" | "taskRuns" | "logs" | "events"> {
  return {
    flows: new MemoryFlowStore(tables, access),
    flowRuns: new MemoryFlowRunStore(tables, access),
    taskRuns: new MemoryTaskRunStore(tables, access),
    logs: new MemoryLogStore(tables, access),
    events: new MemoryEventStore(tables, access),
  };
}

function objectStore<N extends ObjectNoun>(
  tables: MemoryTables,
  access: Access,
  noun: N,
): ObjectStore<StoredNouns[N]> {
  const uniqueKeys: readonly (readonly string[])[] = UNIQUE_KEYS[noun];
  return new MemoryObjectStore<StoredNouns[N]>(tables, access, {
    noun,
    objects: tables.objects(noun),
    // UNIQUE_KEYS names members of the noun.
    uniqueKeys: uniqueKeys as readonly (readonly MemberOf<StoredNouns[N]>[])[],
  });
}

function unavailable(reason: string): HistoryUnavailableError {
  return new HistoryUnavailableError(
    `The history in ${LOCATION} refused the call because ${reason}. Open a new one, or wait for the call before it ends.`,
  );
}
