/** cacheResultInMemory: false. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect } from "vitest";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, turns } from "../engine-fixture.ts";
import { pathsIn } from "./stored-files.ts";

const inStorage = () => ({ cacheResultInMemory: false, resultStorage: new MemoryFileSystem() }) as const;

/** A full garbage collection. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

describe("a result that is not kept in memory", () => {
  engineTest("is read back from storage wherever it is asked for", async () => {
    const made: object[] = [];
    const make = task({ name: "make", ...inStorage() }, async (n: number) => {
      const value = { n, at: new Date(n) };
      made.push(value);
      return value;
    });
    const run = flow({ name: "run" }, async () => {
      const state = await make.returnState(1);
      const future = make.submit(2);
      return [await make(3), await state.result(), await future, (await future.wait()).data?.kind] as const;
    });
    const [called, fromState, awaited, kind] = await run();
    expect([called.n, fromState.n, awaited.n]).toEqual([3, 1, 2]);
    expect(kind).toBe("stored");
    for (const value of [called, fromState, awaited]) {
      expect(value.at).toEqual(new Date(value.n));
      expect(made).not.toContain(value);
    }
  });

  engineTest("is read anew by every asker", async () => {
    const make = task({ name: "make", ...inStorage() }, async () => ({ n: 1 }));
    const run = flow({ name: "run" }, async () => {
      const future = make.submit();
      const [first, second] = [await future, await future];
      return first === second;
    });
    expect(await run()).toBe(false);
  });

  engineTest("reaches tasks that depend on it, in maps too", async () => {
    const make = task({ name: "make", ...inStorage() }, async (n: number) => ({ n }));
    const sum = task({ name: "sum" }, async (items: { n: number }[]) =>
      items.reduce((total, { n }) => total + n, 0),
    );
    const twice = task({ name: "twice", ...inStorage() }, async (item: { n: number }) => item.n * 2);
    const run = flow({ name: "run" }, async () => {
      const items = make.map([1, 2, 3]);
      const [total, doubled] = [sum.submit(items), twice.map(items)];
      return [await total, await doubled];
    });
    expect(await run()).toEqual([6, [2, 4, 6]]);
  });

  engineTest("is freed while its flow goes on", async () => {
    const refs: WeakRef<object>[] = [];
    const make = task({ name: "make", ...inStorage() }, async (n: number) => {
      const value = { n, rows: new Array(1000).fill(n) };
      refs.push(new WeakRef(value));
      return value;
    });
    const run = flow({ name: "run" }, async () => {
      const futures = make.map([1, 2, 3]);
      const called = await make.returnState(4);
      await futures.wait();
      await turns();
      collectGarbage();
      const alive = refs.filter((ref) => ref.deref() !== undefined).length;
      return [alive, (await futures).map(({ n }) => n), (await called.result()).n] as const;
    });
    expect(await run()).toEqual([0, [1, 2, 3], 4]);
    expect(refs).toHaveLength(4);
  });

  engineTest("that was deleted meanwhile is told to be missing, with its path", async () => {
    const storage = new MemoryFileSystem();
    const make = task(
      { name: "make", cacheResultInMemory: false, resultStorage: storage, resultStorageKey: "a" },
      async () => 1,
    );
    const run = flow({ name: "run" }, async () => {
      const state = await make.returnState();
      await storage.delete("a");
      return state.result();
    });
    await expect(run()).rejects.toMatchObject({
      code: "MISSING_RESULT",
      message: expect.stringContaining('"a"'),
    });
  });

  engineTest("is found in the cache without being kept in memory either", async () => {
    const make = task({ name: "make", ...inStorage() }, async (n: number) => ({ n }));
    const run = flow({ name: "run" }, async () => {
      await make(1);
      const state = await make.returnState(1);
      return [state.name, state.data?.kind, (await state.result()).n];
    });
    expect(await run()).toEqual(["Cached", "stored", 1]);
  });

  engineTest("needs storage: the option alone changes nothing", async () => {
    const make = task({ name: "make", cacheResultInMemory: false }, async () => 1);
    expect(await flow({ name: "run" }, () => make())()).toBe(1);
  });

  engineTest("may be that of a flow", async (engine) => {
    const storage = new MemoryFileSystem();
    const inner = flow(
      { name: "inner", persistResult: true, cacheResultInMemory: false, resultStorage: storage },
      async () => ({ at: new Date(5) }),
    );
    const state = await inner.returnState();
    expect(state.data?.kind).toBe("stored");
    expect(await state.result()).toEqual({ at: new Date(5) });
    expect(await inner()).toEqual({ at: new Date(5) });
    const [wire] = await engine.flowRuns("inner");
    expect(wire?.state?.data).toMatchObject({ storage_key: (await pathsIn(storage))[0] });
  });
});
