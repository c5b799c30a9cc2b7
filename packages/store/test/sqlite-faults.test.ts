import { mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flowQuery, logQuery } from "@sluice/orchestration";
import { newId } from "@sluice/protocol";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { makeFlow, makeLog } from "./history-objects.ts";
import { mountOrSkip } from "./mounted-directory.ts";
import { temporaryDatabasePath, temporaryDirectory } from "./temporary-database.ts";

const UNAVAILABLE = { name: "HistoryUnavailableError", code: "HISTORY_UNAVAILABLE" };

describe("a file that cannot be the history", () => {
  it("is named, with what to do, when it is not a database, and stays as it is", async () => {
    const path = await temporaryDatabasePath();
    const text = "not a database\n".repeat(1000);
    await writeFile(path, text);
    await expect(sqliteStore({ path })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/history\.db is not a readable SQLite database.*Move the file.*away/u),
      details: { path, sqliteCode: 26 },
    });
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("is refused when it is damaged in the middle", async () => {
    const path = await temporaryDatabasePath();
    const store = await sqliteStore({ path });
    for (let index = 0; index < 50; index += 1) await store.flows.insert(makeFlow());
    await store.close();
    const file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size - 4096, 0xff), 0, size - 4096, 4096);
    await file.close();
    const useDamaged = async () => {
      const damaged = await sqliteStore({ path });
      try {
        await damaged.flows.list(flowQuery({}));
      } finally {
        await damaged.close();
      }
    };
    await expect(useDamaged()).rejects.toMatchObject({ ...UNAVAILABLE, details: { path, sqliteCode: 11 } });
  });

  it("is refused when a newer Sluice wrote it, and is not changed", async () => {
    const path = await temporaryDatabasePath();
    await (await sqliteStore({ path })).close();
    const database = new Database(path);
    database.pragma("user_version = 999");
    database.pragma("wal_checkpoint(TRUNCATE)");
    database.close();
    const before = await readFile(path);
    await expect(sqliteStore({ path })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/newer Sluice \(schema 999.*Update Sluice/u),
    });
    expect(await readFile(path)).toEqual(before);
  });

  it("is refused when it is another program's, and is not changed", async () => {
    const path = await temporaryDatabasePath();
    const database = new Database(path);
    database.exec("CREATE TABLE bookmark (url TEXT)");
    database.close();
    const before = await readFile(path);
    await expect(sqliteStore({ path })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("another program"),
    });
    expect(await readFile(path)).toEqual(before);
  });

  it("is refused when its path is a directory", async () => {
    const path = await temporaryDirectory();
    await expect(sqliteStore({ path })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining(path),
    });
  });

  it("is refused when its directory cannot be made", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "");
    await expect(sqliteStore({ path: join(directory, "file", "deep", "history.db") })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/cannot be made: a part of its path is a file/u),
    });
  });

  it.each(["", ":memory:"])("is refused when its path is %j", async (path) => {
    await expect(sqliteStore({ path })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it.each([-1, Number.NaN])("is refused with a busy time-out of %d", async (busyTimeoutSeconds) => {
    const path = await temporaryDatabasePath();
    await expect(sqliteStore({ path, busyTimeoutSeconds })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

it("makes missing directories and takes paths with odd characters", async () => {
  const path = join(await temporaryDirectory(), "a b", "ü#?%20&'\"", "file:x?mode=memory");
  const store = await sqliteStore({ path });
  await store.flows.insert(makeFlow());
  await store.close();
  expect(store.location).toBe(path);
  expect((await stat(path)).size).toBeGreaterThan(0);
});

describe("a read-only file system", () => {
  it("lets the history be read, and refuses writes with the reason", async (context) => {
    const directory = await mountOrSkip(context, { sizeBytes: 4_000_000 });
    const path = join(directory.path, "history.db");
    const first = await sqliteStore({ path });
    const flow = makeFlow();
    await first.flows.insert(flow);
    await first.close();
    await directory.makeReadOnly();
    const store = await sqliteStore({ path });
    expect(await store.flows.find(flow.id)).toEqual(flow);
    await expect(store.flows.insert(makeFlow())).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/history\.db is read-only.*choose another path/u),
    });
    await store.close();
  });

  it("refuses a new history with the reason", async (context) => {
    const directory = await mountOrSkip(context, { sizeBytes: 4_000_000 });
    await directory.makeReadOnly();
    await expect(sqliteStore({ path: join(directory.path, "history.db") })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("cannot be opened"),
    });
    await expect(sqliteStore({ path: join(directory.path, "new", "history.db") })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("the file system is read-only"),
    });
  });
});

describe("a full disk", () => {
  it("fails writes with the reason, keeps what was recorded readable, and takes writes when there is space again", async (context) => {
    const directory = await mountOrSkip(context, { sizeBytes: 1_000_000 });
    const path = join(directory.path, "history.db");
    const store = await sqliteStore({ path });
    const flow = makeFlow();
    await store.flows.insert(flow);
    let written = 0;
    const writeUntilFull = async () => {
      for (;;) {
        await store.logs.insert([makeLog({ message: "x".repeat(5000) })]);
        written += 1;
      }
    };
    await expect(writeUntilFull()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/the disk is full\. Free some space/u),
    });
    expect(written).toBeGreaterThan(10);
    expect(await store.flows.find(flow.id)).toEqual(flow);
    expect(await store.logs.list(logQuery({ limit: 200 }))).toHaveLength(Math.min(written, 200));

    await directory.resize(8_000_000);
    await store.logs.insert([makeLog({ message: "after" })]);
    expect(await store.logs.list(logQuery({ logs: { text: { query: "after" } } }))).toHaveLength(1);
    await store.close();
  });

  it("keeps everything in a history that is closed while the disk is full", async (context) => {
    const directory = await mountOrSkip(context, { sizeBytes: 1_000_000 });
    const path = join(directory.path, "history.db");
    const store = await sqliteStore({ path });
    const flow = makeFlow();
    await store.flows.insert(flow);
    await store.logs.insert(Array.from({ length: 40 }, () => makeLog({ message: "x".repeat(5000) })));
    await writeFile(join(directory.path, "ballast"), Buffer.alloc(900_000)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "ENOSPC" });
    });
    await store.close();
    await directory.resize(8_000_000);
    const reopened = await sqliteStore({ path });
    expect(await reopened.flows.find(flow.id)).toEqual(flow);
    expect(await reopened.logs.list(logQuery({}))).toHaveLength(40);
    await reopened.close();
  });

  it("is told when not even the directory fits", async (context) => {
    const directory = await mountOrSkip(context, { sizeBytes: 4096 });
    await writeFile(join(directory.path, "ballast"), Buffer.alloc(4096)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "ENOSPC" });
    });
    await mkdir(join(directory.path, "d"), { recursive: true });
    await expect(sqliteStore({ path: join(directory.path, "d", "history.db") })).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining("disk is full"),
    });
  });
});

describe("values that cannot be kept", () => {
  it("are refused before anything is written", async () => {
    const store = await sqliteStore({ path: await temporaryDatabasePath() });
    const broken = makeLog(JSON.parse(`{ "level": true }`));
    await expect(store.logs.insert([makeLog(), broken])).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    const misdated = makeLog({ timestamp: "yesterday" });
    await expect(store.logs.insert([makeLog(), misdated])).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("yesterday"),
    });
    expect(await store.logs.list(logQuery({}))).toEqual([]);
    await store.close();
  });

  it("are refused in filters", async () => {
    const store = await sqliteStore({ path: await temporaryDatabasePath() });
    const text = "x".repeat(5000);
    await expect(store.flows.list(flowQuery({ flows: { name: { like_: text } } }))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await expect(store.flows.find(newId())).resolves.toBeUndefined();
    await store.close();
  });
});
