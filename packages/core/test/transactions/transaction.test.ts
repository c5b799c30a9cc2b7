import { beforeEach, describe, expect, it } from "vitest";
import type { FileContent, WriteOptions } from "../../src/filesystems/file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { MemoryLockManager } from "../../src/locking/memory-lock-manager.ts";
import { ResultStore } from "../../src/results/result-store.ts";
import { currentTransaction } from "../../src/transactions/current-transaction.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import { Transaction } from "../../src/transactions/transaction.ts";
import type { TransactionOptions } from "../../src/transactions/transaction-options.ts";

class FragileFileSystem extends MemoryFileSystem {
  readonly refused = new Set<string>();

  override async write(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    if (this.refused.has(path)) throw new Error(`no space for ${path}`);
    await super.write(path, content, options);
  }
}

let storage: FragileFileSystem;
let store: ResultStore;
let locks: MemoryLockManager;
let events: string[];
let logged: { message: string; fields: unknown }[];
let logger: NonNullable<TransactionOptions["logger"]>;

beforeEach(() => {
  storage = new FragileFileSystem();
  store = new ResultStore({ storage, sdkVersion: "test" });
  locks = new MemoryLockManager();
  events = [];
  logged = [];
  const log = (message: string, fields?: unknown): void => void logged.push({ message, fields });
  logger = { warn: log, error: log };
});

function hooks(name: string) {
  const note = (what: string) => () => void events.push(`${what} ${name}`);
  return {
    onCommit: [note("commit 1"), note("commit 2")],
    onRollback: [note("rollback 1"), note("rollback 2")],
  };
}

/** A task-like child: stages its name as its value. */
function step(key: string, options: TransactionOptions = {}): Promise<void> {
  return transaction({ key, store, logger, ...options }, (txn) => txn.stage(key, hooks(key)));
}

function failingStep(key: string): Promise<void> {
  return transaction({ key, store, logger }, () => {
    throw new Error(`${key} failed`);
  });
}

async function storedKeys(): Promise<string[]> {
  return (await storage.list()).files.map(({ path }) => path);
}

describe("a transaction", () => {
  it("gives the value of its body and writes what was staged", async () => {
    const value = await transaction({ key: "a", store }, (txn) => {
      expect(txn.state).toBe("active");
      txn.stage({ n: 1n }, hooks("a"));
      expect([txn.isStaged, txn.isCommitted]).toEqual([true, false]);
      return 42;
    });
    expect(value).toBe(42);
    expect((await store.read("a")).value).toEqual({ n: 1n });
    expect(events).toEqual(["commit 1 a", "commit 2 a"]);
  });

  it("is committed from the start when its key has a record", async () => {
    await step("a");
    events = [];
    await transaction({ key: "a", store }, (txn) => {
      expect(txn.isCommitted).toBe(true);
      expect(txn.record?.value).toBe("a");
      expect(txn.reference?.storage_key).toBe("a");
      txn.stage("other", hooks("a"));
      expect(txn.isStaged).toBe(false);
    });
    expect((await store.read("a")).value).toBe("a");
    expect(events).toEqual([]);
  });

  it("marks its key as done also when nothing was staged", async () => {
    const runs: boolean[] = [];
    const once = () => transaction({ key: "download", store }, (txn) => void runs.push(txn.isCommitted));
    await once();
    await once();
    expect(runs).toEqual([false, true]);
  });

  it("ignores and replaces a record when told to overwrite", async () => {
    await store.write("a", "old");
    await step("a", { overwrite: true });
    expect((await store.read("a")).value).toBe("a");
  });

  it("does not take an expired record for one", async () => {
    const expired = { expiration: new Date(Date.now() - 1000) };
    await transaction({ key: "a", store }, (txn) => txn.stage("old", expired));
    await transaction({ key: "a", store }, (txn) => {
      expect(txn.isCommitted).toBe(false);
      txn.stage("new", { expiration: new Date(Date.now() + 60_000) });
      expect(txn.reference?.expiration).not.toBeNull();
    });
    expect(await store.exists("a")).toBe(true);
  });

  it("warns of a record that cannot be read, and replaces it", async () => {
    await storage.write("a", "{");
    await step("a");
    expect((await store.read("a")).value).toBe("a");
    expect(logged).toEqual([
      { message: expect.stringContaining("cannot be read"), fields: expect.objectContaining({ key: "a" }) },
    ]);
  });

  it("writes nothing when told so, or without a key", async () => {
    await step("a", { writeOnCommit: false });
    await transaction((txn) => txn.stage(1, hooks("keyless")));
    expect(await storedKeys()).toEqual([]);
    expect(events).toEqual(["commit 1 a", "commit 2 a", "commit 1 keyless", "commit 2 keyless"]);
  });

  it("needs a store for its key", async () => {
    await expect(transaction({ key: "a" }, () => 1)).rejects.toMatchObject({
      code: "TRANSACTION",
      message: expect.stringContaining("Pass store"),
    });
  });

  it("is rolled back when its body throws, and the error goes on", async () => {
    const error = new Error("broken");
    const body = transaction({ key: "a", store }, async (txn) => {
      txn.stage(1, hooks("a"));
      await Promise.resolve();
      throw error;
    });
    await expect(body).rejects.toBe(error);
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
    expect(await storedKeys()).toEqual([]);
  });

  it("waits for hooks, and logs what they throw without stopping", async () => {
    await transaction({ key: "a", store, logger }, (txn) => {
      const failing = async function notify(): Promise<void> {
        await Promise.resolve();
        throw new Error("mail server away");
      };
      const slow = async (): Promise<void> => {
        await new Promise(setImmediate);
        events.push("slow");
      };
      txn.stage(1, { onCommit: [failing, slow] });
    });
    expect(events).toEqual(["slow"]);
    expect(logged).toEqual([
      {
        message: "A commit hook of a transaction failed",
        fields: { key: "a", hook: "notify", error: expect.objectContaining({ message: "mail server away" }) },
      },
    ]);
    expect(await store.exists("a")).toBe(true);
  });

  it("calls the other roll-back hooks when one throws", async () => {
    const failing = (): never => {
      throw new Error("cannot undo");
    };
    const body = transaction({ logger }, (txn) => {
      txn.stage(1, {
        onRollback: [() => void events.push("first"), failing, () => void events.push("last")],
      });
      throw new Error("broken");
    });
    await expect(body).rejects.toThrow("broken");
    expect(events).toEqual(["last", "first"]);
    expect(logged).toHaveLength(1);
  });

  it("passes itself to its hooks", async () => {
    await transaction({ key: "a", store }, (txn) => {
      txn.set("file", "data.csv");
      txn.stage(1, {
        onCommit: [(inHook) => void events.push(`${String(inHook.get("file"))} ${inHook.state}`)],
      });
    });
    expect(events).toEqual(["data.csv committed"]);
  });

  it("fails and is rolled back when its record cannot be written", async () => {
    storage.refused.add("a");
    await expect(step("a")).rejects.toMatchObject({
      code: "TRANSACTION",
      message: expect.stringMatching(/"a" could not be committed.*no space/),
      cause: expect.objectContaining({ message: "no space for a" }),
    });
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
  });

  it("fails when its value cannot be serialized", async () => {
    const body = transaction({ key: "a", store }, (txn) => txn.stage({ f: () => 1 }));
    await expect(body).rejects.toMatchObject({
      code: "TRANSACTION",
      cause: expect.objectContaining({ code: "SERIALIZATION" }),
    });
  });

  it("stops with its signal", async () => {
    const controller = new AbortController();
    const body = transaction({ key: "a", store, signal: controller.signal }, (txn) => {
      txn.stage(1, hooks("a"));
      controller.abort(new Error("stopped"));
    });
    await expect(body).rejects.toThrow("stopped");
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
    await expect(step("b", { signal: controller.signal })).rejects.toThrow("stopped");
  });
});

describe("values in a transaction", () => {
  it("are seen by its children, and may be replaced there only for these", async () => {
    await transaction(async (outer) => {
      outer.set("a", 1);
      outer.set("b", 1);
      await transaction((inner) => {
        inner.set("b", 2);
        expect([inner.get("a"), inner.get("b")]).toEqual([1, 2]);
      });
      expect(outer.get("b")).toBe(1);
    });
  });

  it("have a fallback when they are missing, or are an error", async () => {
    await transaction((txn) => {
      expect(txn.get("x", "fallback")).toBe("fallback");
      expect(txn.get("x", undefined)).toBeUndefined();
      expect(() => txn.get("x")).toThrow(
        expect.objectContaining({ code: "TRANSACTION", message: expect.stringContaining('"x"') }),
      );
    });
  });
});

describe("nested transactions", () => {
  it("are written when the outermost commits, children first", async () => {
    await transaction({ key: "outer", store }, async (txn) => {
      expect(currentTransaction()).toBe(txn);
      await step("a");
      await transaction({ key: "middle", store }, async (middle) => {
        expect(middle.parent).toBe(txn);
        await step("b");
        middle.stage("middle", hooks("middle"));
      });
      expect(await storedKeys()).toEqual([]);
      txn.stage("outer", hooks("outer"));
    });
    expect(currentTransaction()).toBeUndefined();
    expect(await storedKeys()).toEqual(["a", "b", "middle", "outer"]);
    expect(events.filter((event) => event.startsWith("commit 1"))).toEqual([
      "commit 1 a",
      "commit 1 b",
      "commit 1 middle",
      "commit 1 outer",
    ]);
  });

  it("are undone from last to first when a later one fails", async () => {
    const body = transaction(async () => {
      await step("a");
      await step("b");
      await failingStep("c");
    });
    await expect(body).rejects.toThrow("c failed");
    expect(events).toEqual(["rollback 2 b", "rollback 1 b", "rollback 2 a", "rollback 1 a"]);
    expect(await storedKeys()).toEqual([]);
  });

  it("that are eager are kept although the outer one fails", async () => {
    const body = transaction(async () => {
      await step("a", { commitMode: "eager" });
      await step("b");
      throw new Error("broken");
    });
    await expect(body).rejects.toThrow("broken");
    expect(await storedKeys()).toEqual(["a"]);
    expect(events).toEqual(["commit 1 a", "commit 2 a", "rollback 2 b", "rollback 1 b"]);
  });

  it("have the mode that was said for one around them", async () => {
    await transaction({ commitMode: "eager" }, async () => {
      await transaction(async (middle) => {
        await step("a");
        expect([middle.commitMode, await storedKeys()]).toEqual(["eager", ["a"]]);
      });
    });
    const modes = await transaction((outer) => transaction((inner) => [outer.commitMode, inner.commitMode]));
    expect(modes).toEqual(["eager", "lazy"]);
  });

  it("of a transaction that is off are undone at its end, unless it was committed", async () => {
    await transaction({ commitMode: "off" }, () => step("a"));
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
    await transaction({ commitMode: "off" }, async (txn) => {
      await step("b");
      expect(await txn.commit()).toBe(true);
      expect(await txn.commit()).toBe(false);
    });
    expect(await storedKeys()).toEqual(["b"]);
  });

  it("undo the outer one when they fail, even if it goes on", async () => {
    await transaction({ key: "outer", store }, async (outer) => {
      await step("a");
      await expect(failingStep("b")).rejects.toThrow("b failed");
      expect(outer.isRolledBack).toBe(true);
    });
    expect(await storedKeys()).toEqual([]);
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
  });

  it("begun after the outer one was undone stand on their own", async () => {
    await transaction(async () => {
      await expect(failingStep("a")).rejects.toThrow("a failed");
      await step("compensation");
    });
    expect(await storedKeys()).toEqual(["compensation"]);
  });

  it("leave an outer one that stages afterwards its own value", async () => {
    await transaction({ key: "outer", store }, async (outer) => {
      await expect(failingStep("a")).rejects.toThrow("a failed");
      outer.stage("recovered");
    });
    expect((await store.read("outer")).value).toBe("recovered");
  });

  it("that run at the same time are all undone when one fails", async () => {
    let finish = (): void => undefined;
    const failed = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const late = (key: string) =>
      transaction({ key, store }, async (txn) => {
        await failed;
        txn.stage(key, hooks(key));
      });
    const body = transaction(async () => {
      const steps = [step("a"), late("b"), failingStep("c").finally(finish)];
      await Promise.allSettled(steps);
      await Promise.all(steps);
    });
    await expect(body).rejects.toThrow("c failed");
    expect(await storedKeys()).toEqual([]);
    expect(events.filter((event) => event.startsWith("rollback"))).toHaveLength(4);
  });

  it("that end after the outer one has committed commit themselves", async () => {
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const running: Promise<void>[] = [];
    await transaction(async () => {
      running.push(transaction({ key: "late", store }, () => gate));
      await Promise.resolve();
    });
    finish();
    await Promise.all(running);
    expect(await storedKeys()).toEqual(["late"]);
  });

  it("inside one that was committed from the start commit themselves", async () => {
    await store.write("outer", 1);
    await transaction({ key: "outer", store }, () => step("a"));
    expect(await storedKeys()).toEqual(["a", "outer"]);
  });

  it("that cannot be written undo the ones not yet committed", async () => {
    storage.refused.add("b");
    const body = transaction({ key: "outer", store }, async (txn) => {
      await step("a");
      await step("b");
      await step("c");
      txn.stage(1, hooks("outer"));
    });
    await expect(body).rejects.toMatchObject({ code: "TRANSACTION" });
    expect(await storedKeys()).toEqual(["a"]);
    expect(events).toEqual([
      "commit 1 a",
      "commit 2 a",
      "rollback 2 b",
      "rollback 1 b",
      "rollback 2 outer",
      "rollback 1 outer",
      "rollback 2 c",
      "rollback 1 c",
    ]);
  });

  it("find what an earlier one staged under their key, until it is undone", async () => {
    const found: unknown[] = [];
    const find = (key: string, options: TransactionOptions = {}): Promise<void> =>
      transaction({ key, store, ...options }, (txn) => {
        found.push([txn.isCommitted, txn.isWritten, txn.record?.value]);
      });
    await transaction(async () => {
      await step("a");
      await find("a");
      await transaction(() => find("a"));
      await find("a", { overwrite: true });
      await find("b");
      await find("a", { store: new ResultStore({ storage: new MemoryFileSystem(), sdkVersion: "test" }) });
      expect(await storedKeys()).toEqual([]);
    });
    await find("a");
    const nothing = [false, false, undefined];
    expect(found.slice(0, 5)).toEqual([[true, false, "a"], [true, false, "a"], nothing, nothing, nothing]);
    await expect(
      transaction(async () => {
        await step("c");
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    await find("c");
    expect(found.at(-1)).toEqual(nothing);
  });

  it("do not find what will not be written", async () => {
    await transaction(async () => {
      await step("a", { writeOnCommit: false });
      await transaction({ key: "a", store }, (txn) => expect(txn.isCommitted).toBe(false));
    });
  });

  it("keep their record where the outer one does", async () => {
    await transaction({ key: "outer", store }, () => transaction({ key: "inner" }, (txn) => txn.stage(1)));
    expect(await storedKeys()).toEqual(["inner", "outer"]);
  });
});

describe("a serializable transaction", () => {
  const serializable = (key: string): TransactionOptions => ({
    key,
    store,
    logger,
    lockManager: locks,
    isolationLevel: "serializable",
  });

  it("runs one at a time for a key, so that the work is done once", async () => {
    let done = 0;
    const work = () =>
      transaction(serializable("a"), async (txn) => {
        if (txn.isCommitted) return txn.record?.value;
        await new Promise(setImmediate);
        done += 1;
        txn.stage(`result ${done}`);
        return `result ${done}`;
      });
    expect(await Promise.all([work(), work(), work()])).toEqual(["result 1", "result 1", "result 1"]);
    expect(done).toBe(1);
    expect(await locks.isLocked("a")).toBe(false);
  });

  it("releases its lock however it ends", async () => {
    await expect(transaction(serializable("a"), () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
    expect(await locks.isLocked("a")).toBe(false);
    storage.refused.add("a");
    await expect(transaction(serializable("a"), () => 1)).rejects.toMatchObject({ code: "TRANSACTION" });
    expect(await locks.isLocked("a")).toBe(false);
    await transaction({ ...serializable("a"), commitMode: "off" }, () => 1);
    expect(await locks.isLocked("a")).toBe(false);
  });

  it("inside another keeps its lock until that one commits", async () => {
    await transaction(async () => {
      await transaction(serializable("a"), (txn) => txn.stage(1));
      expect(await locks.isLocked("a")).toBe(true);
    });
    expect(await locks.isLocked("a")).toBe(false);
    expect(await storedKeys()).toEqual(["a"]);
  });

  it("runs one at a time for a key inside another too, where the later find what was staged", async () => {
    const running: string[] = [];
    let longest = 0;
    const work = (): Promise<unknown> =>
      transaction({ key: "a", store, isolationLevel: "serializable", lockManager: locks }, async (txn) => {
        if (txn.isCommitted) return txn.record?.value;
        running.push("a");
        longest = Math.max(longest, running.length);
        await new Promise((resolve) => setImmediate(resolve));
        running.pop();
        txn.stage("once");
        return "first";
      });
    const values = await transaction(async () => [...(await Promise.all([work(), work()])), await work()]);
    expect(values).toEqual(["first", "once", "once"]);
    expect(longest).toBe(1);
    expect(await locks.isLocked("a")).toBe(false);
  });

  it("inside one with the same key does not wait for itself", async () => {
    await transaction(serializable("a"), async (txn) => {
      txn.stage("outer");
      await transaction({ ...serializable("a"), lockTimeoutSeconds: 0.01 }, () => 1);
    });
    expect((await store.read("a")).value).toBe("outer");
    expect(await locks.isLocked("a")).toBe(false);
  });

  it("gives up waiting in time, or with its signal", async () => {
    const lock = await locks.acquire("a", { holder: "somebody" });
    await expect(
      transaction({ ...serializable("a"), lockTimeoutSeconds: 0.01 }, () => 1),
    ).rejects.toMatchObject({
      code: "LOCK_TIMEOUT",
    });
    const controller = new AbortController();
    const waiting = transaction({ ...serializable("a"), signal: controller.signal }, () => 1);
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await lock.release();
  });

  it("does not commit when its lock was lost", async () => {
    const shortLived = new MemoryLockManager();
    const acquire = shortLived.acquire.bind(shortLived);
    shortLived.acquire = (key, options) => acquire(key, { ...options, holdTimeoutSeconds: 0.01 });
    const body = transaction({ ...serializable("a"), lockManager: shortLived }, async (txn) => {
      txn.stage(1, hooks("a"));
      await shortLived.waitFor("a");
    });
    await expect(body).rejects.toMatchObject({
      code: "TRANSACTION",
      message: expect.stringContaining("lost its lock"),
    });
    expect(events).toEqual(["rollback 2 a", "rollback 1 a"]);
    expect(await storedKeys()).toEqual([]);
  });

  it("takes the lock manager of its store", async () => {
    const locked = new ResultStore({ storage, sdkVersion: "test", lockManager: locks });
    await transaction({ key: "a", store: locked, isolationLevel: "serializable" }, async () => {
      expect(await locks.isLocked("a")).toBe(true);
    });
  });

  it("needs a lock manager", async () => {
    const body = transaction({ key: "a", store, isolationLevel: "serializable" }, () => 1);
    await expect(body).rejects.toMatchObject({
      code: "TRANSACTION",
      message: expect.stringContaining("lock manager"),
    });
  });

  it("ends also when its lock cannot be released", async () => {
    const stubborn = new MemoryLockManager();
    const acquire = stubborn.acquire.bind(stubborn);
    stubborn.acquire = async (key, options) => {
      const lock = await acquire(key, options);
      return Object.assign(lock, { release: () => Promise.reject(new Error("no network")) });
    };
    await transaction({ ...serializable("a"), lockManager: stubborn }, (txn) => txn.stage(1));
    expect(await store.exists("a")).toBe(true);
    expect(logged).toEqual([
      { message: expect.stringContaining("could not be released"), fields: expect.anything() },
    ]);
  });
});

describe("a transaction step by step", () => {
  it("is what an engine uses around a task", async () => {
    const txn = new Transaction({ key: "task", store });
    expect([txn.state, txn.reference]).toEqual(["pending", undefined]);
    await txn.begin();
    const value = await txn.run(async () => (currentTransaction() === txn ? "inside" : "outside"));
    txn.stage(value, { onRollback: [() => void events.push("undone")] });
    expect(txn.reference).toEqual(store.referenceFor("task"));
    await txn.end();
    await txn.end();
    await txn.fail();
    expect([txn.state, (await store.read("task")).value, events]).toEqual(["committed", "inside", []]);
    expect(await txn.rollback()).toBe(false);
  });

  it("cannot be begun twice or staged before it began", async () => {
    const txn = new Transaction();
    expect(() => txn.stage(1)).toThrow(expect.objectContaining({ code: "TRANSACTION" }));
    await txn.begin();
    await expect(txn.begin()).rejects.toMatchObject({ code: "TRANSACTION" });
    await txn.fail();
    expect(txn.isRolledBack).toBe(true);
  });

  it("takes the parent that it is given", async () => {
    const parent = new Transaction();
    await parent.begin();
    const child = new Transaction({ key: "child", store, parent });
    await child.begin();
    child.stage(1);
    await child.end();
    expect(child.isStaged).toBe(true);
    await parent.end();
    expect(child.isCommitted).toBe(true);
  });
});
