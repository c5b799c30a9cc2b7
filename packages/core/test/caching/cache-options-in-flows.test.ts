/** How long results are found, and when they are not looked for. */
import { afterEach, describe, expect, vi } from "vitest";
import { INPUTS, NO_CACHE } from "../../src/caching/cache-policy.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskOptions } from "../../src/tasks/task-options.ts";
import { engineTest } from "../engine-fixture.ts";
import { pathsIn } from "../results/stored-files.ts";

const START = Date.parse("2030-01-01T00:00:00Z");

/** A flow of one task that gives the number of its runs so far. */
function countingFlow(options: TaskOptions<[key: string]>, work: () => void = () => undefined) {
  let runs = 0;
  const count = task(
    { name: "count", resultStorage: new MemoryFileSystem(), ...options },
    async (_key: string) => {
      work();
      runs += 1;
      return runs;
    },
  );
  return flow({ name: "counting" }, () => count("a"));
}

afterEach(() => {
  vi.useRealTimers();
});

describe("cacheExpiration", () => {
  engineTest("is how long a result is found", async (engine) => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const run = countingFlow({ cachePolicy: INPUTS, cacheExpiration: { minutes: 1, seconds: 30 } });
    expect(await run()).toBe(1);
    vi.setSystemTime(START + 89_000);
    expect(await run()).toBe(1);
    vi.setSystemTime(START + 91_000);
    expect(await run()).toBe(2);
    const taskRuns = await engine.taskRuns("count");
    expect(taskRuns.map(({ state_name }) => state_name)).toEqual(["Completed", "Cached", "Completed"]);
    const until = "2030-01-01T00:01:30.000Z";
    expect(taskRuns.map(({ cache_expiration }) => cache_expiration).slice(0, 2)).toEqual([until, until]);
    expect(taskRuns[1]?.state?.data).toMatchObject({ expiration: until });
  });

  engineTest("begins when the task completes, however long it took", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const run = countingFlow({ cachePolicy: INPUTS, cacheExpiration: { minutes: 1 } }, () =>
      vi.setSystemTime(Date.now() + 3_600_000),
    );
    expect(await run()).toBe(1);
    expect(await run()).toBe(1);
  });

  engineTest("of nothing is for ever", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const run = countingFlow({ cachePolicy: INPUTS });
    await run();
    vi.setSystemTime(Date.parse("2130-01-01"));
    expect(await run()).toBe(1);
  });
});

describe("refreshCache", () => {
  engineTest("runs the task and caches the new result", async (engine) => {
    const storage = new MemoryFileSystem();
    let runs = 0;
    const count = task(
      { name: "count", cachePolicy: INPUTS, resultStorage: storage },
      async (_key: string) => {
        runs += 1;
        return runs;
      },
    );
    const run = (counter: typeof count) => flow({ name: "counting" }, () => counter("a"))();
    expect(await run(count)).toBe(1);
    expect(await run(count.withOptions({ refreshCache: true }))).toBe(2);
    expect(await run(count)).toBe(2);
    expect((await engine.taskRuns("count")).map(({ state_name }) => state_name)).toEqual([
      "Completed",
      "Completed",
      "Cached",
    ]);
    expect(await pathsIn(storage)).toHaveLength(1);
  });

  engineTest(
    "may be a setting, which a task can refuse",
    async () => {
      const refreshed = countingFlow({ cachePolicy: INPUTS });
      expect([await refreshed(), await refreshed()]).toEqual([1, 2]);
      const refuses = countingFlow({ cachePolicy: INPUTS, refreshCache: false });
      expect([await refuses(), await refuses()]).toEqual([1, 1]);
    },
    { settings: { "tasks.refresh_cache": true } },
  );
});

describe("tasks.disable_caching", () => {
  for (const options of [
    { cachePolicy: INPUTS },
    { cacheKey: ({ args: [key] }) => key },
    { resultStorageKey: "count-{_key}" },
  ] satisfies TaskOptions<[key: string]>[]) {
    engineTest(
      `looks for no earlier result by ${Object.keys(options)}, and still keeps results`,
      async (engine) => {
        const storage = new MemoryFileSystem();
        const run = countingFlow({ ...options, resultStorage: storage });
        expect([await run(), await run()]).toEqual([1, 2]);
        expect((await pathsIn(storage)).length).toBeGreaterThan(0);
        expect((await engine.taskRuns("count")).map(({ cache_key }) => cache_key)).toEqual([null, null]);
      },
      { settings: { "tasks.disable_caching": true } },
    );
  }
});

describe("resultStorageKey", () => {
  engineTest("with NO_CACHE is where each result goes, and none is taken from", async () => {
    const storage = new MemoryFileSystem();
    const run = countingFlow({ cachePolicy: NO_CACHE, resultStorageKey: "latest", resultStorage: storage });
    expect([await run(), await run()]).toEqual([1, 2]);
    expect(await pathsIn(storage)).toEqual(["latest"]);
  });

  engineTest("expires as a cache key does", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    const run = countingFlow({ resultStorageKey: "latest", cacheExpiration: { days: 1 } });
    expect([await run(), await run()]).toEqual([1, 1]);
    vi.setSystemTime(START + 25 * 3_600_000);
    expect(await run()).toBe(2);
  });

  engineTest("cannot be given with another way to find results", async () => {
    const both = { resultStorageKey: "latest", cachePolicy: INPUTS };
    const wrong = expect.objectContaining({
      code: "INVALID_OPTION",
      message:
        'Task "count": options resultStorageKey and cachePolicy both say where an earlier result is found. Give one of them, or cachePolicy: NO_CACHE.',
    });
    expect(() => countingFlow(both)).toThrow(wrong);
    const count = task({ name: "count", cachePolicy: INPUTS }, async (n: number) => n);
    expect(() => count.withOptions({ resultStorageKey: "latest" })).toThrow(wrong);
    expect(() => count.withOptions({ cachePolicy: undefined, resultStorageKey: "latest" })).not.toThrow();
    expect(() => countingFlow({ resultStorageKey: "latest", cacheKey: () => "a" })).toThrow(
      "cacheKey both say",
    );
  });
});

describe("cacheExpiration of a wrong form", () => {
  engineTest("is refused where the task is defined", async () => {
    for (const cacheExpiration of [{ minute: 1 }, { hours: -1 }, { hours: "1" }, [], 60]) {
      const options = { name: "count", cacheExpiration } as object;
      expect(() => task(options, async () => 1)).toThrow(
        expect.objectContaining({
          code: "INVALID_OPTION",
          message: expect.stringContaining("cacheExpiration"),
        }),
      );
    }
  });
});
