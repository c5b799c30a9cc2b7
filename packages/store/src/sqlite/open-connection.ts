/** Opens the file with the settings that several processes at once need. */
import { HistoryUnavailableError } from "@sluice/protocol";
import { migrate, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { type BusyWait, retryWhileBusy } from "./retry-while-busy.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { MAX_WAL_BYTES } from "./wal-limit.ts";

/** SQLite does not wait itself, which would block the event loop: 1 ms here made each attempt of `retryWhileBusy` 1.15 ms. */
const DRIVER_BUSY_MS = 0;

/**
 * How much is written (16 MB) before SQLite copies the log into the file, which blocks. With its own 1,000 pages, 1,000
 * records took 71 ms instead of 57 (medians of 8 runs each in turns on a busy machine; the ranges overlap). The pauses
 * are rarer, not shorter: the longest of a run was 159 ms with 1,000 pages and 180 ms with 4,000.
 */
const CHECKPOINT_PAGES = 4000;

type Driver = typeof import("libsql");

/** A connection that writes. Makes the file if there is none, and brings its schema up to date. */
export function openWriter(wait: BusyWait): Promise<SqliteConnection> {
  return openConnection(wait, async (connection) => {
    // Asked before anything is changed, because the file may be another program's.
    const version = await schemaVersion(connection, wait.path);
    await useWriteAheadLog(connection, wait.path);
    // With that log, NORMAL loses nothing when a process dies; a power cut may take the last moments, never the file.
    await connection.pragma("synchronous = NORMAL");
    await connection.pragma("foreign_keys = ON");
    await connection.pragma("cache_size = -16000");
    await connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    await connection.pragma(`journal_size_limit = ${MAX_WAL_BYTES}`);
    if (version < MIGRATIONS.length) await migrate(connection, wait.path, MIGRATIONS.length);
  });
}

/** A connection to a file whose schema is whichever it is; makes the file if there is none. */
export function openForSchema(wait: BusyWait): Promise<SqliteConnection> {
  return openConnection(wait, async () => undefined);
}

/** A connection that only reads. */
export function openReader(wait: BusyWait): Promise<SqliteConnection> {
  return openConnection(wait, async (connection) => {
    await connection.pragma("query_only = ON");
    await connection.pragma("cache_size = -16000");
  });
}

async function openConnection(
  wait: BusyWait,
  prepare: (connection: SqliteConnection) => Promise<void>,
): Promise<SqliteConnection> {
  const { default: Database } = await loadDriver();
  const database = await retryWhileBusy(() => new Database(wait.path, { timeout: DRIVER_BUSY_MS }), wait);
  const connection = new SqliteConnection(database, wait);
  try {
    await prepare(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function useWriteAheadLog(connection: SqliteConnection, path: string): Promise<void> {
  const journalMode = await connection.pragma("journal_mode = WAL");
  if (journalMode === "wal") return;
  throw new HistoryUnavailableError(
    `The history ${path} is on a file system without shared memory (journal mode ${journalMode}), as network ` +
      "mounts are. Keep the history on a local disk.",
    { details: { path, journalMode } },
  );
}

async function loadDriver(): Promise<{ default: Driver }> {
  try {
    return await import("libsql");
  } catch (error) {
    throw new HistoryUnavailableError(
      `The SQLite driver (npm package libsql) has no binary for ${process.platform}-${process.arch} here. ` +
        "Install again without --omit=optional, or keep the history in memory.",
      { cause: error, details: { platform: process.platform, arch: process.arch } },
    );
  }
}
