/** What every lock manager must do; its tests call this with a way to make one. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LockManager } from "../locking/lock-manager.ts";

export interface LockManagerSuiteOptions {
  /** As in the title of the tests. */
  readonly name: string;
  /** A lock manager that nobody else uses; called once. */
  readonly create: () => LockManager | Promise<LockManager>;
  /** Called at the end, to remove what `create` made. */
  readonly dispose?: ((lockManager: LockManager) => Promise<void>) | undefined;
}

/** Long enough for a wait that must end otherwise, short enough for one that must time out. */
const SHORT = 0.05;

/** Defines the tests of a lock manager. */
export function lockManagerSuite(options: LockManagerSuiteOptions): void {
  describe(`${options.name} as a lock manager`, () => {
    let locks: LockManager;
    beforeAll(async () => {
      locks = await options.create();
    });
    afterAll(async () => {
      await options.dispose?.(locks);
    });
    const manager = (): LockManager => locks;

    describe("a lock", () => exclusionTests(manager));
    describe("waiting", () => waitingTests(manager));
    describe("a holder that asks again", () => reentryTests(manager));
    describe("a lock held too long", () => holdTimeoutTests(manager));
  });
}

function exclusionTests(manager: () => LockManager): void {
  it("belongs to one holder at a time", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const lock = await locks.acquire(key, { holder: "a" });
    expect(lock).toMatchObject({ key, holder: "a" });
    expect(lock.lost.aborted).toBe(false);
    await expect(locks.acquire(key, { holder: "b", timeoutSeconds: SHORT })).rejects.toMatchObject({
      code: "LOCK_TIMEOUT",
      message: expect.stringContaining(key),
      details: { key, holder: "b", timeoutSeconds: SHORT },
    });
    await lock.release();
    const next = await locks.acquire(key, { holder: "b", timeoutSeconds: SHORT });
    await next.release();
  });

  it("never lets two of many workers in at once, and lets all of them in", async () => {
    const [locks, key] = [manager(), randomUUID()];
    let inside = 0;
    let visits = 0;
    await Promise.all(
      Array.from({ length: 25 }, async (_, worker) => {
        const lock = await locks.acquire(key, { holder: `worker ${worker}` });
        inside += 1;
        expect(inside).toBe(1);
        await new Promise(setImmediate);
        visits += 1;
        inside -= 1;
        await lock.release();
      }),
    );
    expect(visits).toBe(25);
    expect(await locks.isLocked(key)).toBe(false);
  });

  it("does not concern other keys", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const held = await Promise.all(
      [key, `${key}.1`, `${key}/below`, `${key} with spaces: ünïcödé`, `${key.toUpperCase()}!`].map((each) =>
        locks.acquire(each, { holder: "a", timeoutSeconds: 5 }),
      ),
    );
    for (const lock of held) await lock.release();
  });

  it("can be released twice, and with `await using`", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const first = await locks.acquire(key, { holder: "a" });
    await first.release();
    const second = await locks.acquire(key, { holder: "b" });
    await first.release();
    expect(await locks.isLocked(key)).toBe(true);
    await second[Symbol.asyncDispose]();
    expect(await locks.isLocked(key)).toBe(false);
  });
}

function waitingTests(manager: () => LockManager): void {
  it("ends when the lock is released", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const first = await locks.acquire(key, { holder: "a" });
    const waiting = locks.acquire(key, { holder: "b" });
    await first.release();
    const second = await waiting;
    expect(second.holder).toBe("b");
    await second.release();
  });

  it("ends when its signal aborts, and leaves the lock to others", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const first = await locks.acquire(key, { holder: "a" });
    const controller = new AbortController();
    const waiting = locks.acquire(key, { holder: "b", signal: controller.signal });
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await first.release();
    const third = await locks.acquire(key, { holder: "c", timeoutSeconds: 5 });
    await third.release();
  });

  it("does not begin with an aborted signal", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(locks.acquire(key, { holder: "a", signal })).rejects.toThrow("stopped");
    await expect(locks.isLocked(key, { signal })).rejects.toThrow("stopped");
    await expect(locks.waitFor(key, { signal })).rejects.toThrow("stopped");
    expect(await locks.isLocked(key)).toBe(false);
  });

  it("for a free key without taking it ends when it is free", async () => {
    const [locks, key] = [manager(), randomUUID()];
    expect(await locks.waitFor(key)).toBe(true);
    const lock = await locks.acquire(key, { holder: "a" });
    expect(await locks.waitFor(key, { timeoutSeconds: SHORT })).toBe(false);
    const waiting = locks.waitFor(key, { timeoutSeconds: 10 });
    await lock.release();
    expect(await waiting).toBe(true);
    expect(await locks.isLocked(key)).toBe(false);
  });

  it("for a free key ends when its signal aborts", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const lock = await locks.acquire(key, { holder: "a" });
    const controller = new AbortController();
    const waiting = locks.waitFor(key, { signal: controller.signal });
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await lock.release();
  });
}

function reentryTests(manager: () => LockManager): void {
  it("has the lock until it released as often", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const first = await locks.acquire(key, { holder: "a" });
    const again = await locks.acquire(key, { holder: "a", timeoutSeconds: SHORT });
    await first.release();
    expect(await locks.isLocked(key)).toBe(true);
    await again.release();
    expect(await locks.isLocked(key)).toBe(false);
  });

  it("gets it in both places when it asks twice at once", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const both = await Promise.all([
      locks.acquire(key, { holder: "a" }),
      locks.acquire(key, { holder: "a" }),
    ]);
    for (const lock of both) await lock.release();
    expect(await locks.isLocked(key)).toBe(false);
  });
}

function holdTimeoutTests(manager: () => LockManager): void {
  it("goes to others, and its holder is told", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const lock = await locks.acquire(key, { holder: "a", holdTimeoutSeconds: SHORT });
    const next = await locks.acquire(key, { holder: "b", timeoutSeconds: 10 });
    expect(lock.lost.aborted).toBe(true);
    expect(lock.lost.reason).toMatchObject({ code: "LOCK_LOST", message: expect.stringContaining(key) });
    await lock.release();
    expect(await locks.isLocked(key)).toBe(true);
    await next.release();
  });

  it("is nothing to its holder once it was released", async () => {
    const [locks, key] = [manager(), randomUUID()];
    const lock = await locks.acquire(key, { holder: "a", holdTimeoutSeconds: SHORT });
    await lock.release();
    const next = await locks.acquire(key, { holder: "b" });
    expect(await locks.waitFor(key, { timeoutSeconds: 3 * SHORT })).toBe(false);
    expect([lock.lost.aborted, next.lost.aborted]).toEqual([false, false]);
    await next.release();
  });
}
