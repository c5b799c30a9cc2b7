/** Calls with one key at the same time: isolation level "serializable". */
import { describe, expect } from "vitest";
import { type CachePolicy, INPUTS } from "../../src/caching/cache-policy.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { unmapped } from "../../src/futures/annotations.ts";
import { FileSystemLockManager } from "../../src/locking/file-system-lock-manager.ts";
import { MemoryLockManager } from "../../src/locking/memory-lock-manager.ts";
import { SequentialTaskRunner } from "../../src/task-runners/concurrent-task-runner.ts";
import { task } from "../../src/tasks/task.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import { deferred, engineTest, turns } from "../engine-fixture.ts";

/** A task that says when it runs, and ends when it is let. */
function gated(policy: CachePolicy) {
  const gate = deferred();
  const calls: string[] = [];
  const load = task(
    { name: "load", cachePolicy: policy, resultStorage: new MemoryFileSystem() },
    async (key: string) => {
      calls.push(key);
      await gate.promise;
      return key.toUpperCase();
    },
  );
  return { load, calls, gate };
}

const serializable = (lockManager: MemoryLockManager | FileSystemLockManager): CachePolicy =>
  INPUTS.configure({ isolationLevel: "serializable", lockManager });

describe.each(["memory", "files"])("with locks in %s", (place) => {
  const locks = (home: string) =>
    place === "memory"
      ? new MemoryLockManager()
      : new FileSystemLockManager({ fileSystem: new LocalFileSystem({ basePath: home }) });

  engineTest("calls of one key run once, and those of another beside them", async (engine) => {
    const { load, calls, gate } = gated(serializable(locks(engine.home)));
    const run = flow({ name: "run" }, async () => {
      const futures = load.map(["a", "a", "b", "a"]);
      while (calls.length < 2) await turns();
      gate.resolve();
      return futures;
    });
    expect(await run()).toEqual(["A", "A", "B", "A"]);
    expect(calls.toSorted()).toEqual(["a", "b"]);
    const states = (await engine.taskRuns("load")).map(({ state_name }) => state_name);
    expect(states.toSorted()).toEqual(["Cached", "Cached", "Completed", "Completed"]);
  });

  engineTest("flow runs at the same time run it once", async (engine) => {
    const { load, calls, gate } = gated(serializable(locks(engine.home)));
    const run = flow({ name: "run" }, () => load("a"));
    gate.resolve();
    expect(await Promise.all([run(), run(), run()])).toEqual(["A", "A", "A"]);
    expect(calls).toEqual(["a"]);
  });

  engineTest("a call that failed leaves its key to the next", async (engine) => {
    let runs = 0;
    const load = task(
      { name: "load", cachePolicy: serializable(locks(engine.home)), resultStorage: new MemoryFileSystem() },
      async (_key: string) => {
        runs += 1;
        if (runs === 1) throw new Error("not the first");
        return runs;
      },
    );
    const run = flow({ name: "run" }, async () =>
      (await load.map(["a", "a", "a"]).wait()).map((state) => state.name),
    );
    expect((await run()).toSorted()).toEqual(["Cached", "Completed", "Failed"]);
  });

  engineTest("one task at a time is no deadlock", async (engine) => {
    const { load, calls, gate } = gated(serializable(locks(engine.home)));
    gate.resolve();
    const run = flow({ name: "run", taskRunner: new SequentialTaskRunner() }, () =>
      load.map(["a", "a", "b"]),
    );
    expect(await run()).toEqual(["A", "A", "B"]);
    expect(calls).toEqual(["a", "b"]);
  });

  engineTest(
    "calls of one key in one transaction are no deadlock: the later take the staged value",
    async (engine) => {
      const { load, calls, gate } = gated(serializable(locks(engine.home)));
      gate.resolve();
      const run = flow({ name: "run" }, () =>
        transaction(async () => [await load("a"), await load("a"), ...(await load.map(["a", "b", "b"]))]),
      );
      expect(await run()).toEqual(["A", "A", "A", "B", "B"]);
      expect(calls).toEqual(["a", "b"]);
    },
  );

  engineTest("constant arguments of a map are part of its keys", async (engine) => {
    let runs = 0;
    const scale = task(
      {
        name: "scale",
        cachePolicy: serializable(locks(engine.home)),
        resultStorage: new MemoryFileSystem(),
      },
      async (n: number, by: number) => {
        runs += 1;
        return n * by;
      },
    );
    const run = flow({ name: "run" }, async () => [
      await scale.map([1, 1], unmapped(2)),
      await scale.map([1, 1], unmapped(3)),
    ]);
    expect(await run()).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(runs).toBe(2);
  });
});

describe("without isolation", () => {
  engineTest("calls of one key at the same time all run", async () => {
    const { load, calls, gate } = gated(INPUTS);
    const run = flow({ name: "run" }, async () => {
      const futures = load.map(["a", "a"]);
      while (calls.length < 2) await turns();
      gate.resolve();
      return futures;
    });
    expect(await run()).toEqual(["A", "A"]);
  });
});

describe("isolation without a lock manager", () => {
  engineTest("fails the run and says what to pass", async (engine) => {
    const { load } = gated(INPUTS.configure({ isolationLevel: "serializable" }));
    await expect(flow({ name: "run" }, () => load("a"))()).rejects.toMatchObject({
      code: "TRANSACTION",
      message: expect.stringContaining("Pass lockManager"),
    });
    expect(await engine.stateNames(await engine.taskRun("load"))).toEqual(["Pending", "Failed"]);
  });
});

describe("a cancelled call", () => {
  engineTest("stops to wait for its key", async () => {
    const { load, calls, gate } = gated(serializable(new MemoryLockManager()));
    const controller = new AbortController();
    const run = flow({ name: "run", signal: controller.signal }, async () => {
      const first = load.submit("a");
      while (calls.length < 1) await turns();
      const second = load.submit("a");
      await turns();
      controller.abort(new Error("enough"));
      gate.resolve();
      return [(await first.wait()).name, (await second.wait()).name];
    });
    expect((await run.returnState()).name).toBe("Cancelled");
    expect(calls).toEqual(["a"]);
  });
});
