import { join } from "node:path";
import { describe, expect } from "vitest";
import { CachePolicy, DEFAULT, INPUTS, NO_CACHE } from "../../src/caching/cache-policy.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { unmapped } from "../../src/futures/annotations.ts";
import { registerSerializable } from "../../src/serializers/serializable-class.ts";
import type { Serializer } from "../../src/serializers/serializer.ts";
import { Completed } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskOptions } from "../../src/tasks/task-options.ts";
import { engineTest, type TestEngine } from "../engine-fixture.ts";
import { pathsIn, resultFile } from "./stored-files.ts";

/** How many results a flow leaves behind whose one task has these options. */
async function filesLeft(
  engine: TestEngine,
  { task: options = {}, persistResult }: { task?: TaskOptions<[number]>; persistResult?: boolean },
): Promise<number> {
  const storage = new LocalFileSystem({ basePath: join(engine.home, "storage") });
  const double = task({ name: "double", ...options }, async (n: number) => n * 2);
  const run = flow({ name: "run", persistResult }, async () => {
    await double(4);
    return (await pathsIn(storage)).length;
  });
  return run();
}

describe("a task's result", () => {
  engineTest("is not written unless something asks for it", async (engine) => {
    expect(await filesLeft(engine, {})).toBe(0);
    expect((await engine.taskRun("double")).state?.data).toBeNull();
  });

  engineTest("is written to the local directory of the settings when the task says so", async (engine) => {
    expect(await filesLeft(engine, { task: { persistResult: true } })).toBe(1);
  });

  for (const options of [
    { cachePolicy: INPUTS },
    { cacheKey: () => "key" },
    { cacheExpiration: { hours: 1 } },
    { resultSerializer: "v8" },
    { resultStorageKey: "result-{n}" },
  ] satisfies TaskOptions<[number]>[]) {
    engineTest(`is written when the option ${Object.keys(options)} is given`, async (engine) => {
      expect(await filesLeft(engine, { task: options })).toBe(1);
    });

    engineTest(
      `is not written when ${Object.keys(options)} is given with persistResult false`,
      async (engine) => {
        expect(await filesLeft(engine, { task: { ...options, persistResult: false } })).toBe(0);
      },
    );
  }

  engineTest("is written when the flow says so, unless the task says no", async (engine) => {
    expect(await filesLeft(engine, { persistResult: true, task: { persistResult: false } })).toBe(0);
    // One of the task now, and one of the flow before.
    expect(await filesLeft(engine, { persistResult: true })).toBe(1 + 1);
  });

  engineTest(
    "is written by default when the setting says so, unless the flow says no",
    async (engine) => {
      expect(await filesLeft(engine, { persistResult: false })).toBe(0);
      expect(await filesLeft(engine, {})).toBe(1);
    },
    { settings: { "results.persist_by_default": true } },
  );

  engineTest("is written without being cached when the policy is NO_CACHE", async (engine) => {
    const storage = new MemoryFileSystem();
    let runs = 0;
    const count = task(
      { name: "count", cachePolicy: NO_CACHE, resultStorage: storage },
      async (_n: number) => {
        runs += 1;
        return runs;
      },
    );
    const run = flow({ name: "run" }, async () => [await count(1), await count(1)]);
    expect(await run()).toEqual([1, 2]);
    expect(await pathsIn(storage)).toHaveLength(2);
    expect((await engine.taskRuns("count")).map((taskRun) => taskRun.cache_key)).toEqual([null, null]);
  });

  engineTest("is recorded in history by reference, with its key", async (engine) => {
    const storage = new MemoryFileSystem();
    const load = task({ name: "load", cachePolicy: INPUTS, resultStorage: storage }, async (n: number) => ({
      n,
    }));
    const run = flow({ name: "run" }, () => load(1));
    await run();
    const [path] = await pathsIn(storage);
    const taskRun = await engine.taskRun("load");
    expect(taskRun.state?.data).toMatchObject({ storage_key: path, serializer: { type: "json" } });
    expect(taskRun.cache_key).toBe(path);
    expect(JSON.stringify(taskRun.state)).not.toContain('"n":1');
  });

  engineTest(
    "goes to the flow's storage with the flow's serializer unless the task has its own",
    async () => {
      const [flows, own] = [new MemoryFileSystem(), new MemoryFileSystem()];
      const inherits = task({ name: "inherits", resultStorageKey: "a" }, async () => 1);
      const decides = task(
        { name: "decides", resultStorage: own, resultSerializer: "json", resultStorageKey: "b" },
        async () => 2,
      );
      const run = flow({ name: "run", resultStorage: flows, resultSerializer: "v8" }, async () => {
        await inherits();
        await decides();
      });
      await run();
      expect([await pathsIn(flows), await pathsIn(own)]).toEqual([["a"], ["b"]]);
      expect((await resultFile(flows, "a")).metadata.serializer.type).toBe("v8");
      expect((await resultFile(own, "b")).metadata.serializer.type).toBe("json");
    },
  );

  engineTest(
    "is written with the serializer and to the directory of the settings when nobody says",
    async (engine) => {
      const load = task({ name: "load", resultStorageKey: "a" }, async () => 1);
      await flow({ name: "run" }, () => load())();
      const storage = new LocalFileSystem({ basePath: join(engine.home, "elsewhere") });
      expect((await resultFile(storage, "a")).metadata.serializer.type).toBe("compressed/json");
    },
    {
      settings: {
        "results.default_serializer": "compressed/json",
        "results.local_storage_path": "{home}/elsewhere",
      },
    },
  );

  engineTest("of a task called outside any flow is written too", async () => {
    const storage = new MemoryFileSystem();
    const load = task({ name: "load", resultStorage: storage, resultStorageKey: "a" }, async () => 1);
    expect(await load()).toBe(1);
    expect(await pathsIn(storage)).toEqual(["a"]);
  });

  engineTest("may be nothing", async () => {
    const storage = new MemoryFileSystem();
    const nothing = task({ name: "nothing", resultStorage: storage }, async () => undefined);
    const state = task({ name: "state", resultStorage: storage }, async () => Completed({ message: "done" }));
    const run = flow({ name: "run" }, async () => [await nothing(), await state(), await nothing()]);
    expect(await run()).toEqual([undefined, undefined, undefined]);
    expect(await pathsIn(storage)).toHaveLength(2);
  });

  engineTest("of a task that failed is not written", async () => {
    const storage = new MemoryFileSystem();
    const fail = task({ name: "fail", resultStorage: storage }, async () => {
      throw new Error("no");
    });
    await flow({ name: "run" }, () => fail()).returnState();
    expect(await pathsIn(storage)).toEqual([]);
  });

  engineTest("is written once for a task that is retried until it completes", async () => {
    const storage = new MemoryFileSystem();
    let attempts = 0;
    const flaky = task(
      { name: "flaky", retries: 2, resultStorage: storage, resultStorageKey: "a" },
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Error("not yet");
        return attempts;
      },
    );
    await flow({ name: "run" }, () => flaky())();
    expect((await resultFile(storage, "a")).result).toBe("3");
  });
});

describe("where a result lies", () => {
  engineTest("a template over the parameters says, also in a map", async () => {
    const storage = new MemoryFileSystem();
    const day = task(
      { name: "day", resultStorage: storage, resultStorageKey: "{place.name}/{on}.json" },
      async (on: number, place: { name: string }) => `${place.name} ${on}`,
    );
    const run = flow({ name: "run" }, () => day.map([1, 2], unmapped({ name: "paris" })));
    expect(await run()).toEqual(["paris 1", "paris 2"]);
    expect(await pathsIn(storage)).toEqual(["paris/1.json", "paris/2.json"]);
  });

  engineTest("a function of the call says", async () => {
    const storage = new MemoryFileSystem();
    const day = task(
      {
        name: "day",
        resultStorage: storage,
        resultStorageKey: ({ task: { name }, flowRun, parameters, args }) =>
          `${flowRun?.flowName}-${name}-${parameters["on"]}-${args.length}`,
      },
      async (on: number) => on,
    );
    await flow({ name: "run" }, () => day(7))();
    expect(await pathsIn(storage)).toEqual(["run-day-7-1"]);
  });

  engineTest(
    "a template with an unknown parameter fails the run and says which there are",
    async (engine) => {
      const day = task({ name: "day", resultStorageKey: "{onn}" }, async (on: number) => on);
      await expect(flow({ name: "run" }, () => day(1))()).rejects.toThrow(
        'Task "day": resultStorageKey "{onn}" uses {onn}, but the parameters are: on.',
      );
      expect(await engine.stateNames(await engine.taskRun("day"))).toEqual(["Pending", "Failed"]);
    },
  );

  engineTest("the key says on a local disk too", async (engine) => {
    const storage = new LocalFileSystem({ basePath: join(engine.home, "results") });
    const make = task({ name: "make", resultStorage: storage, resultStorageKey: "a/b.json" }, async () => [
      1,
    ]);
    await flow({ name: "run" }, () => make())();
    expect(await pathsIn(storage)).toEqual(["a/b.json"]);
  });

  engineTest("what a task writes is what the next run of the flow finds there", async (engine) => {
    const storage = new MemoryFileSystem();
    let runs = 0;
    const day = task(
      { name: "day", resultStorage: storage, resultStorageKey: "day-{on}" },
      async (on: number) => {
        runs += 1;
        return on;
      },
    );
    const run = flow({ name: "run" }, () => day(1));
    expect([await run(), await run(), runs]).toEqual([1, 1, 1]);
    expect((await engine.taskRuns("day")).map(({ state_name }) => state_name)).toEqual([
      "Completed",
      "Cached",
    ]);
  });
});

describe("rich values", () => {
  class Money {
    readonly cents: bigint;
    constructor(cents: bigint) {
      this.cents = cents;
    }
  }
  registerSerializable(Money, {
    name: "Money",
    encode: ({ cents }) => cents,
    decode: (cents) => new Money(cents),
  });
  const value = {
    at: new Date(0),
    map: new Map([["a", new Set([1n])]]),
    bytes: new Uint8Array([1, 255]),
    error: new RangeError("far"),
    price: new Money(5n),
  };
  const xor: Serializer = {
    type: "xor",
    dumps: (given) => Buffer.from(JSON.stringify(given)).map((byte) => byte ^ 1),
    loads: (bytes) => JSON.parse(Buffer.from(bytes.map((byte) => byte ^ 1)).toString()),
  };

  for (const resultSerializer of ["json", "compressed/json", "v8", "compressed/v8"] as const) {
    engineTest(`come back from the cache with ${resultSerializer}`, async () => {
      const load = task(
        { name: "load", cachePolicy: DEFAULT, resultSerializer, resultStorage: new MemoryFileSystem() },
        async () => value,
      );
      const [first, second] = await flow(
        { name: "run" },
        async () => [await load(), await load()] as const,
      )();
      expect(first).toBe(value);
      expect(second).not.toBe(value);
      expect(second).toEqual(value);
      expect(second.price).toBeInstanceOf(Money);
    });
  }

  engineTest("are written and read by a serializer of one's own", async () => {
    const storage = new MemoryFileSystem();
    const load = task(
      { name: "load", resultSerializer: xor, resultStorage: storage, resultStorageKey: "a" },
      async () => ({ a: 1 }),
    );
    expect(await flow({ name: "run" }, async () => [await load(), await load()])()).toEqual([
      { a: 1 },
      { a: 1 },
    ]);
    expect((await resultFile(storage, "a")).metadata.serializer.type).toBe("xor");
  });
});

describe("the policy that is used when none is named", () => {
  engineTest("is DEFAULT", async () => {
    expect(DEFAULT).toBeInstanceOf(CachePolicy);
    let runs = 0;
    const count = task({ name: "count", persistResult: true }, async (_n: number) => {
      runs += 1;
    });
    const run = flow({ name: "run" }, async () => {
      await count(1);
      await count(1);
      await count(2);
    });
    await run();
    expect(runs).toBe(2);
    await run();
    expect(runs).toBe(4);
  });
});
