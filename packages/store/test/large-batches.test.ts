import { expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { makeFlow, makeRecord, makeState, NOW } from "./history-objects.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

it("lets other writes in between the transactions of a large record", async () => {
  const store = await sqliteStore({ path: await temporaryDatabasePath() });
  let isRecorded = false;
  const record = store.taskRuns
    .record(
      Array.from({ length: 3000 }, () => makeRecord(null)),
      NOW,
    )
    .then(() => {
      isRecorded = true;
    });
  await store.flows.insert(makeFlow());
  expect(isRecorded).toBe(false);
  await record;
  expect(await store.taskRuns.count()).toBe(3000);
  await store.close();
});

it("takes records in the order of the calls", async () => {
  const store = await sqliteStore({ path: await temporaryDatabasePath() });
  const many = Array.from({ length: 1000 }, () => makeRecord(null, { states: [makeState("PENDING")] }));
  const last = many.at(-1) ?? makeRecord(null);
  const ended = { ...last, name: "ended", states: [makeState("FAILED")] };
  await Promise.all([store.taskRuns.record(many, NOW), store.taskRuns.record([ended], NOW)]);
  const found = await store.taskRuns.find(last.id);
  expect([found?.name, found?.state_type, found?.created]).toEqual(["ended", "FAILED", NOW]);
  expect(await store.taskRuns.listStates(last.id)).toHaveLength(2);
  await store.close();
});
