/** Log lines in SQL. */
import { type LogStore, type ObjectQuery, SerialQueue } from "@sluice/orchestration";
import type { Log } from "@sluice/protocol";
import { inBatches } from "../in-batches.ts";
import type { SqlDatabase } from "../sql-session.ts";
import { decodeLog, encodeLog, INSERT_LOGS } from "../tables/log-table.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { listObjects } from "./listing.ts";

const DELETE_OLDER_SQL = `
  DELETE FROM log WHERE (flow_run_id, timestamp, id) IN
    (SELECT flow_run_id, timestamp, id FROM log WHERE timestamp <= ? ORDER BY timestamp, id LIMIT ?)`;

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

  deleteOlder(instant: string, limit: number): Promise<number> {
    const parameters = [storedTimestamp(instant), limit];
    return this.#database.writeOnce((session) => session.run(DELETE_OLDER_SQL, parameters));
  }

  async list(query: ObjectQuery<Log>): Promise<Log[]> {
    const rows = await listObjects(this.#database, { noun: "log", query });
    return rows.map(decodeLog);
  }
}
