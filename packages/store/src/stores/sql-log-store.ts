/** Log lines in SQL. */
import { type LogStore, type ObjectQuery, SerialQueue } from "@sluice/orchestration";
import type { Log } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase } from "../sql-session.ts";
import { decodeLog, encodeLog, INSERT_LOGS } from "../tables/log-table.ts";
import { listObjects } from "./listing.ts";

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
          async (rows) => void (await database.writeOnce((session) => session.runMany(INSERT_LOGS, rows))),
        ),
      ),
    );
  }

  async list(query: ObjectQuery<Log>): Promise<Log[]> {
    const rows = await listObjects(this.#database, { noun: "log", query });
    return rows.map(decodeLog);
  }
}
