import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type DatabaseLocation,
  databaseSchema,
  downgradeDatabase,
  postgresStore,
  resetDatabase,
  sqliteStore,
  upgradeDatabase,
} from "../../src/index.ts";
import { createPostgresDatabase, describePostgres } from "../../src/testing/index.ts";
import { makeFlow, makeLog } from "../history-objects.ts";
import { temporaryDirectory } from "../temporary-database.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

describe("the schema of a SQLite file", () => {
  schemaCases(async () => ({ path: join(await temporaryDirectory(), "history.db") }));
});

describePostgres("the schema of a PostgreSQL database", () => {
  schemaCases(async () => {
    const location = { url: await createPostgresDatabase() };
    await databaseSchema(location).migrate(0);
    return location;
  });
});

function schemaCases(create: () => Promise<DatabaseLocation>): void {
  it("goes all the way up, down and up again, and tells where it stands", async () => {
    const location = await create();
    const before = await databaseSchema(location).status();
    expect(before.version).toBe(0);
    expect(before.steps.every(({ isDone }) => !isDone)).toBe(true);
    const top = await upgradeDatabase(location);
    expect(top.version).toBe(before.steps.length);
    expect(top.steps.at(-1)).toMatchObject({ version: top.version, isDone: true });
    expect((await downgradeDatabase(location)).version).toBe(top.version - 1);
    expect((await downgradeDatabase(location, 0)).version).toBe(0);
    expect(await upgradeDatabase(location)).toEqual(top);
  });

  it("keeps flows and logs on the way down by one and up again", async () => {
    const location = await create();
    const store = await open(location);
    const [flow, log] = [makeFlow(), makeLog()];
    await store.flows.insert(flow);
    await store.logs.insert([log]);
    await store.close();
    await downgradeDatabase(location);
    const reopened = await open(location);
    expect(await reopened.flows.find(flow.id)).toEqual(flow);
    expect(await reopened.logs.list({})).toEqual([log]);
  });

  it("is emptied by a reset", async () => {
    const location = await create();
    const store = await open(location);
    await store.flows.insert(makeFlow());
    await store.close();
    const { version, steps } = await resetDatabase(location);
    expect(version).toBe(steps.length);
    expect(await (await open(location)).flows.count()).toBe(0);
  });

  it("has no versions but those it knows", async () => {
    const location = await create();
    for (const version of [-1, 0.5, 99]) {
      await expect(databaseSchema(location).migrate(version)).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
    await expect(downgradeDatabase(location, 1)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("is made once when many open a new database at the same time", async () => {
    const location = await create();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(location)));
    await stores[0]?.flows.insert(makeFlow());
    expect(await stores[5]?.flows.count()).toBe(1);
  });
}

async function open(location: DatabaseLocation) {
  const store = "url" in location ? await postgresStore(location) : await sqliteStore(location);
  opened.push(store);
  return store;
}
