import { stat } from "node:fs/promises";
import Database from "libsql";
import { expect, it, onTestFinished } from "vitest";
import { openWriter } from "../../src/sqlite/open-connection.ts";
import type { SqliteConnection } from "../../src/sqlite/sqlite-connection.ts";
import { WalLimit } from "../../src/sqlite/wal-limit.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";

const MAX_BYTES = 200_000;

it("empties a log that grew too long while somebody read, as soon as nobody does", async () => {
  const path = await temporaryDatabasePath();
  const writer = await openWriter({ path, busyTimeoutSeconds: 1 });
  const reader = new Database(path);
  onTestFinished(() => {
    writer.close();
    reader.close();
  });
  const limit = new WalLimit(path, MAX_BYTES);
  reader.exec("BEGIN");
  reader.prepare("SELECT * FROM flow").all();
  await writeMoreThan(writer, MAX_BYTES);
  await lookOnce(limit, writer);
  expect((await stat(`${path}-wal`)).size).toBeGreaterThan(MAX_BYTES);
  reader.exec("COMMIT");
  await lookOnce(limit, writer);
  expect((await stat(`${path}-wal`)).size).toBe(0);
});

it("leaves a short log alone", async () => {
  const path = await temporaryDatabasePath();
  const writer = await openWriter({ path, busyTimeoutSeconds: 1 });
  onTestFinished(() => writer.close());
  const { size } = await stat(`${path}-wal`);
  await lookOnce(new WalLimit(path), writer);
  expect((await stat(`${path}-wal`)).size).toBe(size);
  expect(size).toBeGreaterThan(0);
});

async function writeMoreThan(writer: SqliteConnection, bytes: number): Promise<void> {
  const sql = "INSERT INTO flow (id, created, updated, name, tags) VALUES (?, '', '', ?, ?)";
  for (let written = 0; written < bytes; written += 10_000) {
    await writer.run(sql, [String(written), String(written), "x".repeat(10_000)]);
  }
}

/** The size is looked at before every 64th transaction. */
async function lookOnce(limit: WalLimit, writer: SqliteConnection): Promise<void> {
  for (let transaction = 0; transaction < 64; transaction += 1) await limit.enforce(writer);
}
