/** Log lines in SQL. */
import { GroupCommit, type LogStore, type ObjectQuery } from "@sluice/orchestration";
import type { Log } from "@sluice/protocol";
import { inBatches, MAX_ITEMS_AT_ONCE, MAX_WAITING_ITEMS } from "../in-batches.ts";
import type { SqlDatabase } from "../sql-session.ts";
import { decodeLog, encodeLog, INSERT_LOGS } from "../tables/log-table.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { listObjects } from "./listing.ts";

const DELETE_OLDER_SQL = `
  DELETE FROM log WHERE (flow_run_id, timestamp, id) IN
    (SELECT flow_run_id, timestamp, id FROM log WHERE timestamp <= ? ORDER BY timestamp, id LIMIT ?)`;

export class SqlLogStore implements LogStore {
  readonly #database: SqlDatabase;
  #inserts: GroupCommit<Log> | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(logs: readonly Log[]): Promise<void> {
    return this.#database.call((database) => {
      this.#inserts ??= new GroupCommit({
        write: (lines) => insertLogs(database, lines),
        maxItems: MAX_ITEMS_AT_ONCE,
        maxWaiting: MAX_WAITING_ITEMS,
      });
      return this.#inserts.add(logs);
    });
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

function insertLogs(database: SqlDatabase, logs: readonly Log[]): Promise<void> {
  return inBatches(
    logs,
    (batch) => batch.map(encodeLog),
    async (rows) => void (await database.writeOnce((session) => session.runMany(INSERT_LOGS, rows))),
  );
}
