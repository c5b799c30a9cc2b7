import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FileContent, WriteOptions } from "../../src/filesystems/file-system.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { FileSystemLockManager } from "../../src/locking/file-system-lock-manager.ts";

/** A file system whose writes can be held up or made to fail. */
class TroubledFileSystem extends MemoryFileSystem {
  beforeWrite: (path: string) => Promise<void> = async () => undefined;

  override async write(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    await this.beforeWrite(path);
    await super.write(path, content, options);
  }
}

function lease(expiresInSeconds: number, token = "somebody's"): string {
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1000);
  return JSON.stringify({ holder: "dead", token, expires_at: expiresAt.toISOString() });
}

async function pathsIn(fileSystem: MemoryFileSystem): Promise<string[]> {
  return (await fileSystem.list()).files.map(({ path }) => path);
}

describe("two lock managers on one file system", () => {
  let fileSystem: TroubledFileSystem;
  let here: FileSystemLockManager;
  let there: FileSystemLockManager;

  beforeEach(() => {
    vi.useFakeTimers();
    fileSystem = new TroubledFileSystem();
    here = new FileSystemLockManager({ fileSystem, leaseSeconds: 30 });
    there = new FileSystemLockManager({ fileSystem, leaseSeconds: 30 });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("exclude each other as long as the holder lives, however long that is", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(lock.lost.aborted).toBe(false);
    expect(await there.isLocked("key")).toBe(true);
    const refused = expect(there.acquire("key", { holder: "b", timeoutSeconds: 100 })).rejects.toMatchObject({
      code: "LOCK_TIMEOUT",
    });
    await vi.advanceTimersByTimeAsync(101_000);
    await refused;
    await lock.release();
  });

  it("hand over within a second, and leave no file", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    const waiting = there.acquire("key", { holder: "b" });
    await vi.advanceTimersByTimeAsync(60_000);
    await lock.release();
    await vi.advanceTimersByTimeAsync(1000);
    const next = await waiting;
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.0.lock"]);
    await next.release();
    expect(await pathsIn(fileSystem)).toEqual([]);
  });

  it("look at the files less and less often", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    const list = vi.spyOn(fileSystem, "list");
    const refused = expect(there.acquire("key", { holder: "b", timeoutSeconds: 60 })).rejects.toThrow(
      "not free",
    );
    await vi.advanceTimersByTimeAsync(61_000);
    await refused;
    expect(list.mock.calls.length).toBeLessThan(150);
    await lock.release();
  });

  it("succeed a dead holder when its lease is over, and remove its file", async () => {
    await fileSystem.write("locks/key.7.lock", lease(20));
    const waiting = here.acquire("key", { holder: "a" });
    await vi.advanceTimersByTimeAsync(19_000);
    expect(await here.isLocked("key")).toBe(true);
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.7.lock"]);
    await vi.advanceTimersByTimeAsync(2000);
    const lock = await waiting;
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.8.lock"]);
    await lock.release();
  });

  it("agree on one successor of a dead holder", async () => {
    await fileSystem.write("locks/key.0.lock", lease(1));
    const managers = Array.from({ length: 10 }, () => new FileSystemLockManager({ fileSystem }));
    let inside = 0;
    let most = 0;
    const visits = managers.map(async (manager, index) => {
      await using _lock = await manager.acquire("key", { holder: String(index) });
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      inside -= 1;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all(visits);
    expect(most).toBe(1);
  });

  it("are not fooled by a file that says nothing", async () => {
    await fileSystem.write("locks/key.0.lock", "not a lease");
    await fileSystem.write("locks/key.1.lock", '{"token":5}');
    await fileSystem.write("locks/key.note", lease(1000));
    const lock = await here.acquire("key", { holder: "a" });
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.2.lock", "locks/key.note"]);
    await lock.release();
  });

  it("never both hold the key, not even when one is so slow that the numbers began anew", async () => {
    await fileSystem.write("locks/key.5.lock", lease(-1));
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    fileSystem.beforeWrite = () => gate;
    const slow = here.acquire("key", { holder: "slow" });
    await vi.advanceTimersByTimeAsync(10);
    fileSystem.beforeWrite = async () => undefined;
    await (await there.acquire("key", { holder: "b" })).release();
    const lock = await there.acquire("key", { holder: "c" });
    open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.0.lock"]);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
    await vi.advanceTimersByTimeAsync(2000);
    await (await slow).release();
  });

  it("tell a holder whose file was removed, and leave the file of the next one alone", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    await fileSystem.write("locks/key.0.lock", lease(1000, "another's"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lock.lost.reason).toMatchObject({
      code: "LOCK_LOST",
      message: expect.stringContaining("removed or replaced"),
    });
    await lock.release();
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.0.lock"]);
  });

  it("leave the file of another alone when a lock is released late", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    await fileSystem.write("locks/key.0.lock", lease(1000, "another's"));
    await lock.release();
    expect(await pathsIn(fileSystem)).toEqual(["locks/key.0.lock"]);
  });

  it("keep a lock through a failure to renew it, and lose it when the failures last", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    fileSystem.beforeWrite = () => Promise.reject(new Error("no network"));
    await vi.advanceTimersByTimeAsync(15_000);
    fileSystem.beforeWrite = async () => undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lock.lost.aborted).toBe(false);
    fileSystem.beforeWrite = () => Promise.reject(new Error("no network"));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(lock.lost.reason).toMatchObject({ code: "LOCK_LOST" });
    fileSystem.beforeWrite = async () => undefined;
    const next = await here.acquire("key", { holder: "b", timeoutSeconds: 1 });
    await next.release();
  });

  it("do not renew a lock that was over when the process came back from a long sleep", async () => {
    const lock = await here.acquire("key", { holder: "a" });
    vi.setSystemTime(Date.now() + 31_000);
    const next = await there.acquire("key", { holder: "b", timeoutSeconds: 1 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lock.lost.reason).toMatchObject({
      code: "LOCK_LOST",
      message: expect.stringContaining("in time"),
    });
    expect(next.lost.aborted).toBe(false);
    await lock.release();
    expect(await here.isLocked("key")).toBe(true);
    await next.release();
  });

  it("give the lock back when the file system fails while it is taken", async () => {
    fileSystem.beforeWrite = () => Promise.reject(new Error("no network"));
    await expect(here.acquire("key", { holder: "a" })).rejects.toThrow("no network");
    fileSystem.beforeWrite = async () => undefined;
    const lock = await here.acquire("key", { holder: "b", timeoutSeconds: 1 });
    await lock.release();
  });
});

describe("a file system without conditional creation", () => {
  it("is refused", () => {
    const fileSystem = new MemoryFileSystem();
    Object.assign(fileSystem, { capabilities: { ...fileSystem.capabilities, conditionalCreate: false } });
    expect(() => new FileSystemLockManager({ fileSystem })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_OPERATION" }),
    );
  });
});

describe("processes", () => {
  let basePath: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    basePath = await mkdtemp(join(tmpdir(), "lock-processes-"));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await rm(basePath, { recursive: true });
  });

  function start(mode: "count" | "hold", leaseSeconds: number): ChildProcess {
    const child = fork(join(import.meta.dirname, "lock-worker.ts"), [basePath, mode, String(leaseSeconds)]);
    children.push(child);
    return child;
  }

  it("that fight for a lock come one after the other", async () => {
    await writeFile(join(basePath, "counter"), "0");
    const ended = await Promise.all([1, 2, 3].map(() => once(start("count", 30), "exit")));
    expect(ended.map(([code]) => code)).toEqual([0, 0, 0]);
    expect(await readFile(join(basePath, "counter"), "utf8")).toBe("45");
  }, 60_000);

  it("succeed one that was killed", async () => {
    const child = start("hold", 1);
    await once(child, "message");
    const locks = new FileSystemLockManager({ fileSystem: new LocalFileSystem({ basePath }) });
    expect(await locks.isLocked("held")).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = await locks.acquire("held", { holder: "heir", timeoutSeconds: 20 });
    await lock.release();
    expect(await locks.isLocked("held")).toBe(false);
  }, 60_000);
});
