import { expect, it, onTestFinished, vi } from "vitest";
import { openPool } from "../../src/postgres/open-pool.ts";
import { PostgresDatabase } from "../../src/postgres/postgres-database.ts";
import type { SqlSession } from "../../src/sql-session.ts";
import { describePostgres, emptyPostgresDatabase } from "../../src/testing/index.ts";

describePostgres("transactions that works share", () => {
  it("are one for works of the same turn that are about different runs", async () => {
    const database = await openDatabase();
    const ids = await Promise.all(["a", "b", "c"].map((key) => database.write(transactionId, key)));
    expect(new Set(ids).size).toBe(1);
  });

  it("are several for works about one run", async () => {
    const database = await openDatabase();
    const ids = await Promise.all(["a", "a", "a"].map((key) => database.write(transactionId, key)));
    expect(new Set(ids).size).toBe(3);
  });

  it("are not shared by a work that locks what others may lock too", async () => {
    const database = await openDatabase();
    const locking = async (session: SqlSession) => {
      session.lockOf("concurrency_limit", "wait");
      return transactionId(session);
    };
    const [a, b, c] = await Promise.all([
      database.write(transactionId, "a"),
      database.write(locking, "b"),
      database.write(transactionId, "c"),
    ]);
    expect(a).toBe(c);
    expect(b).not.toBe(a);
  });

  it("do not wait for one that waits for a lock", async () => {
    const database = await openDatabase();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started = 0;
    const slow = Promise.all(
      ["a", "b"].map((key) =>
        database.write(async (session) => {
          started += 1;
          await released;
          return transactionId(session);
        }, key),
      ),
    );
    await vi.waitFor(() => expect(started).toBe(2));
    const quick = await database.write(transactionId, "c");
    release();
    expect(await slow).not.toContain(quick);
  });
});

async function transactionId(session: SqlSession): Promise<string> {
  const [row] = await session.all("SELECT pg_current_xact_id()::text AS id", []);
  return String(row?.["id"]);
}

async function openDatabase(): Promise<PostgresDatabase> {
  const pool = await openPool(
    { url: await emptyPostgresDatabase(), maxConnections: 5, timeoutSeconds: 20 },
    "test",
  );
  onTestFinished(() => pool.end());
  return new PostgresDatabase(pool, "test");
}
