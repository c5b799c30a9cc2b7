/** History in a SQL database, whichever it is. */
import {
  type FlowRunStore,
  type FlowStore,
  type LogStore,
  NestedTransactionError,
  type Store,
  type TaskRunStore,
} from "@sluice/orchestration";
import type { SqlDatabase } from "./sql-session.ts";
import { SqlFlowRunStore } from "./stores/sql-flow-run-store.ts";
import { SqlFlowStore } from "./stores/sql-flow-store.ts";
import { SqlLogStore } from "./stores/sql-log-store.ts";
import { SqlTaskRunStore } from "./stores/sql-task-run-store.ts";
import { TransactionDatabase } from "./transaction-database.ts";

export class SqlStore implements Store {
  readonly location: string;
  readonly flows: FlowStore;
  readonly flowRuns: FlowRunStore;
  readonly taskRuns: TaskRunStore;
  readonly logs: LogStore;
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.location = database.location;
    this.#database = database;
    this.flows = new SqlFlowStore(database);
    this.flowRuns = new SqlFlowRunStore(database);
    this.taskRuns = new SqlTaskRunStore(database);
    this.logs = new SqlLogStore(database);
  }

  async transaction<T>(work: (store: Store) => Promise<T>): Promise<T> {
    if (this.#database instanceof TransactionDatabase) throw new NestedTransactionError(this.location);
    return this.#database.write(async (session) => {
      const database = new TransactionDatabase(this.#database, session);
      try {
        return await work(new SqlStore(database));
      } finally {
        database.end();
      }
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
