/** Log lines in SQL. */
import { type LogStore, SerialQueue } from "@sluice/orchestration";
import type { Log, LogQuery } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase } from "../sql-session.ts";
import { decodeLog, encodeLog, INSERT_LOG_SQL } from "../tables/log-table.ts";
import { listRows } from "./run-query.ts";

export class SqlLogStore implements LogStore {
  readonly #database: SqlDatabase;
  readonly #inserts = new SerialQueue();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(logs: readonly Log[]): Promise<void> {
    return this.#database.call((database) =>
      this.#inserts.run(() =>
        inBatches(
          logs,
          (batch) => batch.map(encodeLog),
          (rows) => database.write((session) => session.runMany(INSERT_LOG_SQL, rows)),
        ),
      ),
    );
  }

  async list(query: LogQuery): Promise<Log[]> {
    const rows = await listRows(this.#database, async (dialect) => {
      const { listLogs } = await import("../queries/log-query.ts");
      return listLogs(dialect, query);
    });
    return rows.map(decodeLog);
  }
}
