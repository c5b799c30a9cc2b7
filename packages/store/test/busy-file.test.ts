import { setImmediate as nextTurn } from "node:timers/promises";
import Database from "libsql";
import { expect, it, onTestFinished } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { makeFlow } from "./history-objects.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

/** Holds the lock for writing, as another process would. */
async function holdLock(path: string): Promise<{ release: () => void }> {
  const other = new Database(path);
  onTestFinished(() => {
    other.close();
  });
  other.exec("BEGIN IMMEDIATE");
  return { release: () => other.exec("COMMIT") };
}

it("waits for another writer without blocking the event loop, and reads meanwhile", async () => {
  const path = await temporaryDatabasePath();
  const store = await sqliteStore({ path });
  const lock = await holdLock(path);
  let isWritten = false;
  const flow = makeFlow();
  const write = store.flows.insert(flow).then(() => {
    isWritten = true;
  });
  // A store that blocked would take its whole time-out for the first of these turns, and the write would fail.
  for (let turn = 0; turn < 1000; turn += 1) await nextTurn();
  expect(isWritten).toBe(false);
  expect(await store.flows.find(flow.id)).toBeUndefined();
  lock.release();
  await write;
  expect(await store.flows.find(flow.id)).toEqual(flow);
  await store.close();
});

it("gives up after the busy time-out with the file's name, and goes on when the lock is gone", async () => {
  const path = await temporaryDatabasePath();
  const store = await sqliteStore({ path, busyTimeoutSeconds: 0.05 });
  const lock = await holdLock(path);
  await expect(store.flows.insert(makeFlow())).rejects.toMatchObject({
    code: "HISTORY_UNAVAILABLE",
    message: expect.stringMatching(
      /history\.db was locked by another process for 0\.05 s\. End the program/u,
    ),
    details: { path, busyTimeoutSeconds: 0.05 },
  });
  lock.release();
  await store.flows.insert(makeFlow());
  expect(await store.flows.count()).toBe(1);
  await store.close();
});

it("waits for another process that makes the schema", async () => {
  const path = await temporaryDatabasePath();
  const stores = await Promise.all(Array.from({ length: 5 }, () => sqliteStore({ path })));
  for (const store of stores) await store.flows.insert(makeFlow({ name: "one" }));
  expect(await stores[0]?.flows.count()).toBe(1);
  await Promise.all(stores.map((store) => store.close()));
});

it("lets two stores of one process write in turns", async () => {
  const path = await temporaryDatabasePath();
  const [first, second] = [await sqliteStore({ path }), await sqliteStore({ path })];
  const inserts = Array.from({ length: 50 }, (_, index) =>
    (index % 2 ? first : second).flows.insert(makeFlow()),
  );
  await Promise.all(inserts);
  expect(await first.flows.count()).toBe(50);
  await Promise.all([first.close(), second.close()]);
});
