/**
 * Keeps the write-ahead log from growing without bound. SQLite copies it into the file by itself from time to time, but
 * can only begin it anew in a moment when nobody reads or writes; with several busy processes that moment may never come.
 */
import { stat } from "node:fs/promises";
import type { SqliteConnection } from "./sqlite-connection.ts";

export const MAX_WAL_BYTES: number = 64 * 1024 * 1024;

/** Asking for the size takes some 100 µs of a thread, so not every transaction does. */
const TRANSACTIONS_PER_LOOK = 64;

export class WalLimit {
  readonly #walPath: string;
  readonly #maxBytes: number;
  #untilLook = TRANSACTIONS_PER_LOOK;

  constructor(databasePath: string, maxBytes: number = MAX_WAL_BYTES) {
    this.#walPath = `${databasePath}-wal`;
    this.#maxBytes = maxBytes;
  }

  /** Call between transactions. Empties a log that is too long; where others use it right now, the next look tries again. */
  async enforce(connection: SqliteConnection): Promise<void> {
    this.#untilLook -= 1;
    if (this.#untilLook > 0) return;
    this.#untilLook = TRANSACTIONS_PER_LOOK;
    if ((await walBytes(this.#walPath)) > this.#maxBytes) await connection.pragma("wal_checkpoint(TRUNCATE)");
  }
}

async function walBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
