/** History in a SQL database, whichever it is. */
import {
  type BeginWrite,
  type EventStore,
  type FlowRunStore,
  type FlowStore,
  type LogStore,
  NestedTransactionError,
  type ObjectNoun,
  type ObjectStore,
  type Store,
  type StoredNouns,
  type TaskRunStore,
  type TransactionOptions,
} from "@sluice/orchestration";
import type { SqlDatabase } from "./sql-session.ts";
import { SqlEventStore } from "./stores/sql-event-store.ts";
import { SqlFlowRunStore } from "./stores/sql-flow-run-store.ts";
import { SqlFlowStore } from "./stores/sql-flow-store.ts";
import { SqlLogStore } from "./stores/sql-log-store.ts";
import { SqlObjectStore } from "./stores/sql-object-store.ts";
import { SqlTaskRunStore } from "./stores/sql-task-run-store.ts";
import { TransactionDatabase } from "./transaction-database.ts";

export class SqlStore implements Store {
  readonly location: string;
  readonly flows: FlowStore;
  readonly flowRuns: FlowRunStore;
  readonly taskRuns: TaskRunStore;
  readonly logs: LogStore;
  readonly events: EventStore;
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.location = database.location;
    this.#database = database;
    this.flows = new SqlFlowStore(database);
    this.flowRuns = new SqlFlowRunStore(database);
    this.taskRuns = new SqlTaskRunStore(database);
    this.logs = new SqlLogStore(database);
    this.events = new SqlEventStore(database);
  }

  objects<N extends ObjectNoun>(noun: N): ObjectStore<StoredNouns[N]> {
    return new SqlObjectStore(this.#database, noun);
  }

  async transaction<T>(
    work: (store: Store, begin: BeginWrite) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (this.#database instanceof TransactionDatabase) throw new NestedTransactionError(this.location);
    return this.#database.write(async (session, begin) => {
      const database = new TransactionDatabase(this.#database, session, begin);
      try {
        return await work(new SqlStore(database), begin);
      } finally {
        database.end();
      }
    }, options.sharedBy);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
