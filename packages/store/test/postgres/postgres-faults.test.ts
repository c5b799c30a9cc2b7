import { newId } from "@sluice/protocol";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { postgresStore } from "../../src/index.ts";
import {
  createPostgresDatabase,
  describePostgres,
  type PostgresCluster,
  startPostgres,
} from "../../src/testing/index.ts";
import { makeFlow, makeLog } from "../history-objects.ts";

const UNAVAILABLE = { name: "HistoryUnavailableError", code: "HISTORY_UNAVAILABLE" };
const TIMEOUT_MS = 60_000;

describe("a URL", () => {
  it.each(["", "mysql://host/db", "/var/run/postgresql sluice", "not a url with secret"])(
    "is refused when it is %j, without being repeated",
    async (url) => {
      const refusal = postgresStore({ url });
      await expect(refusal).rejects.toMatchObject({ code: "INVALID_REQUEST" });
      await expect(refusal).rejects.not.toThrow(/secret|mysql/u);
    },
  );

  it("is told without its password when nobody listens there", async () => {
    const refusal = postgresStore({ url: "postgres://user:hunter2@127.0.0.1:1/db?sslpassword=hunter3" });
    await expect(refusal).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/postgres:\/\/user@127\.0\.0\.1:1\/db cannot be reached\. Start it/u),
    });
    const error: unknown = await refusal.catch((caught: unknown) => caught);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter");
  });

  it.each([
    [{ maxConnections: 0 }],
    [{ maxConnections: 1.5 }],
    [{ timeoutSeconds: 0 }],
    [{ timeoutSeconds: Number.NaN }],
  ])("is refused with %j", async (options) => {
    await expect(postgresStore({ url: "postgres://localhost/db", ...options })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

describePostgres("a database that cannot be the history", () => {
  it("is named when it does not exist", async () => {
    const url = new URL(await createPostgresDatabase());
    url.pathname = "/nowhere";
    await expect(postgresStore({ url: url.href })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/nowhere.* does not exist\. Create the database/u),
      details: { postgresCode: "3D000" },
    });
  });

  it("is refused when it is another program's, and is not changed", async () => {
    const url = await createPostgresDatabase();
    await run(url, "DROP TABLE sluice_schema");
    await expect(postgresStore({ url })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("another program"),
    });
    expect(await run(url, "SELECT to_regclass('sluice_schema') AS found")).toEqual([{ found: null }]);
  });

  it("is refused when a newer Sluice wrote it", async () => {
    const url = await createPostgresDatabase();
    await run(url, "UPDATE sluice_schema SET version = 999");
    await expect(postgresStore({ url })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/newer Sluice \(schema 999.*Update Sluice/u),
    });
  });

  it("is told to be read-only when it is", async () => {
    const url = await createPostgresDatabase();
    const name = new URL(url).pathname.slice(1);
    await run(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const store = await openStore(url);
    expect(await store.flows.count()).toBe(0);
    await expect(store.flows.insert(makeFlow())).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("is read-only"),
    });
  });
});

describePostgres("values", () => {
  it("lose the character NUL, which PostgreSQL cannot keep", async () => {
    const store = await openStore(await createPostgresDatabase());
    const flow = makeFlow({ name: "a\0b" });
    await store.flows.insert(flow);
    await store.logs.insert([makeLog({ message: "c\0\0d" })]);
    expect((await store.flows.find(flow.id))?.name).toBe("ab");
    expect((await store.logs.list({}))[0]?.message).toBe("cd");
  });

  it("that are no UUIDs are refused where one must be", async () => {
    const store = await openStore(await createPostgresDatabase());
    await expect(store.flows.find("flow-1")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("keep instants of every time zone of the server", async () => {
    const url = await createPostgresDatabase();
    await run(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = 'Asia/Kathmandu'`);
    const store = await openStore(url);
    const flow = makeFlow({ created: "2026-03-04T05:06:07.000010Z", updated: "2026-03-04T05:06:07+02:00" });
    await store.flows.insert(flow);
    expect(await store.flows.find(flow.id)).toMatchObject({
      created: "2026-03-04T05:06:07.000010Z",
      updated: "2026-03-04T03:06:07.000000Z",
    });
  });
});

describePostgres("transactions", () => {
  it("run again when they got in each other's way", async () => {
    const store = await openStore(await createPostgresDatabase());
    const limits = store.objects("variable");
    const [a, b] = [variable("a"), variable("b")];
    for (const each of [a, b]) await limits.insert(each);
    let attempts = 0;
    const touch = (first: string, second: string) =>
      store.transaction(async (transaction) => {
        attempts += 1;
        await transaction.objects("variable").find(first);
        await new Promise((resolve) => setImmediate(resolve));
        const held = await transaction.objects("variable").find(second);
        await transaction.objects("variable").update(second, { value: Number(held?.value) + 1 });
      });
    await Promise.all([touch(a.id, b.id), touch(b.id, a.id), touch(a.id, b.id), touch(b.id, a.id)]);
    expect([(await limits.find(a.id))?.value, (await limits.find(b.id))?.value]).toEqual([2, 2]);
    expect(attempts).toBeGreaterThanOrEqual(4);
  });

  it("keep nothing when their work passed over a failed call", async () => {
    const store = await openStore(await createPostgresDatabase());
    const flow = makeFlow();
    const attempt = store.transaction(async (transaction) => {
      await transaction.flows.insert(flow);
      await transaction.flows.find("no uuid").catch(() => undefined);
    });
    await expect(attempt).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("given up"),
    });
    expect(await store.flows.find(flow.id)).toBeUndefined();
  });

  it("wait for a free connection, however many there are", async () => {
    const store = await openStore(await createPostgresDatabase(), { maxConnections: 2 });
    const insert = () => store.transaction((transaction) => transaction.flows.insert(makeFlow()));
    await Promise.all(Array.from({ length: 50 }, insert));
    expect(await store.flows.count()).toBe(50);
  });

  it("do not wait for locks longer than they may", async () => {
    const url = await createPostgresDatabase();
    const store = await openStore(url, { timeoutSeconds: 0.2 });
    const flow = makeFlow();
    await store.flows.insert(flow);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query("BEGIN; LOCK TABLE flow");
    await expect(store.flows.find(flow.id)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("did not answer in time"),
    });
    await client.end();
    expect(await store.flows.find(flow.id)).toEqual(flow);
  });
});

describePostgres("a server that goes away", () => {
  let cluster: PostgresCluster | undefined;
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster?.run("CREATE DATABASE history");
  }, TIMEOUT_MS);
  afterAll(() => cluster?.remove());

  it(
    "fails the calls of that time with the reason, and serves later ones when it is back",
    async () => {
      if (cluster === undefined) throw new Error("There is no PostgreSQL.");
      const store = await openStore(cluster.urlOf("history"));
      const flow = makeFlow();
      await store.flows.insert(flow);
      const hanging = store.transaction(async (transaction) => {
        await transaction.flows.find(flow.id);
        await cluster?.stop();
        await transaction.flows.insert(makeFlow());
      });
      await expect(hanging).rejects.toMatchObject(UNAVAILABLE);
      for (const call of [
        () => store.flows.find(flow.id),
        () => store.flows.insert(makeFlow()),
        () => store.transaction((transaction) => transaction.flows.find(newId())),
      ]) {
        await expect(call()).rejects.toMatchObject({
          ...UNAVAILABLE,
          message: expect.stringMatching(/cannot be reached|ended the connection/u),
        });
      }
      await cluster.start();
      expect(await store.flows.find(flow.id)).toEqual(flow);
      expect(await store.flows.count()).toBe(1);
      await store.transaction((transaction) => transaction.flows.insert(makeFlow()));
      expect(await store.flows.count()).toBe(2);
    },
    TIMEOUT_MS,
  );
});

async function openStore(url: string, options: { maxConnections?: number; timeoutSeconds?: number } = {}) {
  const store = await postgresStore({ url, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function variable(name: string) {
  const now = "2026-03-04T05:06:07.000000Z";
  return { id: newId(), created: now, updated: now, name, value: 0, tags: [] };
}
