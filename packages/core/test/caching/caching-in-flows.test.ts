/** Which calls are the same: cache policies and keys in flows. */
import { describe, expect } from "vitest";
import {
  type CachePolicy,
  cachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  RUN_ID,
  TASK_SOURCE,
} from "../../src/caching/cache-policy.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { unmapped } from "../../src/futures/annotations.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskOptions } from "../../src/tasks/task-options.ts";
import { engineTest, type TestEngine } from "../engine-fixture.ts";
import { pathsIn } from "../results/stored-files.ts";

type Pair = [a: number, b: number];

/** A task that counts its runs, in a storage of its own. */
function counted(options: TaskOptions<Pair>) {
  const calls: Pair[] = [];
  const add = task(
    { name: "add", resultStorage: new MemoryFileSystem(), ...options },
    async (a: number, b: number) => {
      calls.push([a, b]);
      return a + b;
    },
  );
  return { add, calls };
}

/** A flow of one parameter that calls the task with each pair. */
function summing(add: (...pair: Pair) => Promise<number>) {
  return flow({ name: "summing" }, async ({ pairs }: { pairs: Pair[]; day?: number }) => {
    const sums: number[] = [];
    for (const pair of pairs) sums.push(await add(...pair));
    return sums;
  });
}

const stateNamesOf = async (engine: TestEngine): Promise<(string | null)[]> =>
  (await engine.taskRuns("add")).map(({ state_name }) => state_name);

describe("within one flow run", () => {
  engineTest(
    "the same inputs are computed once; the second run is Cached and never Running",
    async (engine) => {
      const { add, calls } = counted({ cachePolicy: INPUTS });
      expect(
        await summing(add)({
          pairs: [
            [1, 2],
            [1, 2],
            [2, 1],
          ],
        }),
      ).toEqual([3, 3, 3]);
      expect(calls).toEqual([
        [1, 2],
        [2, 1],
      ]);
      const [first, second] = await engine.taskRuns("add");
      if (first === undefined || second === undefined) throw new Error("two runs were expected");
      expect(await engine.stateNames(first)).toEqual(["Pending", "Running", "Completed"]);
      expect(await engine.stateNames(second)).toEqual(["Pending", "Cached"]);
      expect(second).toMatchObject({ state_type: "COMPLETED", run_count: 0, cache_key: first.cache_key });
      expect(second.state?.data).toEqual(first.state?.data);
    },
  );

  engineTest("a map finds what an earlier call and earlier elements left", async (engine) => {
    const { add, calls } = counted({ cachePolicy: INPUTS });
    const run = flow({ name: "run" }, async () => {
      await add(1, 1);
      return add.map([1, 2, 3], unmapped(1));
    });
    expect(await run()).toEqual([2, 3, 4]);
    expect(calls).toHaveLength(3);
    expect(await run()).toEqual([2, 3, 4]);
    expect(calls).toHaveLength(3);
    expect(await stateNamesOf(engine)).toEqual([
      ...["Completed", "Cached", "Completed", "Completed"],
      ...["Cached", "Cached", "Cached", "Cached"],
    ]);
  });

  engineTest("futures count by their values", async () => {
    const { add, calls } = counted({ cachePolicy: INPUTS });
    const one = task({ name: "one" }, async () => 1);
    const run = flow({ name: "run" }, async () => {
      const first = await add.submit(one.submit(), 2);
      return [first, await add.submit(one.submit(), 2)];
    });
    expect(await run()).toEqual([3, 3]);
    expect(calls).toHaveLength(1);
  });
});

describe("across flow runs", () => {
  const twice = async (policy: CachePolicy, days: [number, number] = [1, 1]): Promise<number> => {
    const { add, calls } = counted({ cachePolicy: policy });
    for (const day of days) await summing(add)({ pairs: [[1, 2]], day });
    return calls.length;
  };

  for (const [name, policy, runs] of [
    ["INPUTS finds earlier results", INPUTS, 1],
    ["TASK_SOURCE finds earlier results", TASK_SOURCE, 1],
    ["INPUTS with TASK_SOURCE finds earlier results", INPUTS.plus(TASK_SOURCE), 1],
    ["RUN_ID finds none", RUN_ID, 2],
    ["INPUTS with RUN_ID finds none", INPUTS.plus(RUN_ID), 2],
    ["DEFAULT finds none", DEFAULT, 2],
    ["NO_CACHE finds none", NO_CACHE, 2],
    ["NO_CACHE added to INPUTS changes nothing", NO_CACHE.plus(INPUTS), 1],
    ["FLOW_PARAMETERS finds results of the same parameters", FLOW_PARAMETERS, 1],
  ] as const) {
    engineTest(name, async () => {
      expect(await twice(policy)).toBe(runs);
    });
  }

  engineTest("FLOW_PARAMETERS finds none of other parameters", async () => {
    expect(await twice(FLOW_PARAMETERS, [1, 2])).toBe(2);
    expect(await twice(INPUTS.plus(FLOW_PARAMETERS), [1, 2])).toBe(2);
    expect(await twice(INPUTS, [1, 2])).toBe(1);
  });

  engineTest("INPUTS never takes the result of a task of another name, nor of other inputs", async () => {
    const storage = new MemoryFileSystem();
    const options = { cachePolicy: INPUTS, resultStorage: storage };
    const double = task({ name: "double", ...options }, async (n: number) => n * 2);
    const square = task({ name: "square", ...options }, async (n: number) => n * n);
    const run = flow({ name: "run" }, async () => [await double(3), await square(3), await double(4)]);
    expect(await run()).toEqual([6, 9, 8]);
    expect(await run()).toEqual([6, 9, 8]);
    expect(await pathsIn(storage)).toHaveLength(3);
  });

  engineTest("tasks made by one function are told apart by their names, without inputs too", async () => {
    const storage = new MemoryFileSystem();
    const reader = (name: string) =>
      task({ name, persistResult: true, resultStorage: storage }, async () => name);
    const [users, orders] = [reader("users"), reader("orders")];
    const run = flow({ name: "run" }, async () => [await users(), await orders(), await users()]);
    expect(await run()).toEqual(["users", "orders", "users"]);
  });

  engineTest("a changed function is another task for TASK_SOURCE, and the same for INPUTS", async () => {
    const storage = new MemoryFileSystem();
    const options = { name: "price", resultStorage: storage };
    const older = (policy: CachePolicy) =>
      task({ ...options, cachePolicy: policy }, async (n: number) => n + 1);
    const newer = (policy: CachePolicy) =>
      task({ ...options, cachePolicy: policy }, async (n: number) => n + 2);
    const ask = (price: (n: number) => Promise<number>) => flow({ name: "run" }, () => price(1))();
    expect([await ask(older(INPUTS)), await ask(newer(INPUTS))]).toEqual([2, 2]);
    const policy = INPUTS.plus(TASK_SOURCE);
    expect([await ask(older(policy)), await ask(newer(policy))]).toEqual([2, 3]);
  });

  engineTest("an input that was subtracted does not count", async () => {
    const { add, calls } = counted({ cachePolicy: INPUTS.minus("b") });
    const pairs: Pair[] = [
      [1, 2],
      [1, 3],
      [2, 3],
    ];
    expect(await summing(add)({ pairs })).toEqual([3, 3, 5]);
    expect(calls).toHaveLength(2);
  });

  engineTest("inputs are the same by content, whatever the order of their members", async () => {
    let runs = 0;
    const load = task(
      { name: "load", cachePolicy: INPUTS, resultStorage: new MemoryFileSystem() },
      async (_query: { from: Date; tags: Set<string> }) => {
        runs += 1;
      },
    );
    const run = flow({ name: "run" }, async () => {
      await load({ from: new Date(1), tags: new Set(["a", "b"]) });
      await load({ tags: new Set(["b", "a"]), from: new Date(1) });
      await load({ tags: new Set(["b", "a"]), from: new Date(2) });
    });
    await run();
    expect(runs).toBe(2);
  });

  engineTest("a task called outside any flow is cached too", async () => {
    const { add, calls } = counted({ cachePolicy: INPUTS });
    expect([await add(1, 2), await add(1, 2)]).toEqual([3, 3]);
    expect(calls).toHaveLength(1);
  });
});

describe("a key of one's own", () => {
  engineTest("is computed from the call", async (engine) => {
    const { add, calls } = counted({
      cacheKey: ({ task: { name }, parameters, args, flowRun }) =>
        `${flowRun?.flowName}/${name}/${parameters["a"]}/${args.length}`,
    });
    const pairs: Pair[] = [
      [1, 2],
      [1, 3],
    ];
    expect(await summing(add)({ pairs })).toEqual([3, 3]);
    expect(calls).toHaveLength(1);
    expect((await engine.taskRuns("add"))[0]?.cache_key).toBe("summing/add/1/2");
  });

  engineTest("of undefined means that this call is not cached, though written", async (engine) => {
    const storage = new MemoryFileSystem();
    const { add, calls } = counted({
      cacheKey: ({ parameters }) => (parameters["a"] === 1 ? undefined : "two"),
      resultStorage: storage,
    });
    const pairs: Pair[] = [
      [1, 0],
      [1, 0],
      [2, 0],
      [2, 0],
    ];
    await summing(add)({ pairs });
    expect(calls).toHaveLength(3);
    expect(await pathsIn(storage)).toHaveLength(3);
    expect((await engine.taskRuns("add")).map(({ cache_key }) => cache_key)).toEqual([
      null,
      null,
      "two",
      "two",
    ]);
  });

  engineTest(
    "that cannot be computed fails the run with what was thrown, before the task begins",
    async (engine) => {
      const { add, calls } = counted({
        retries: 2,
        cacheKey: () => {
          throw new RangeError("no key for this");
        },
      });
      await expect(summing(add)({ pairs: [[1, 2]] })).rejects.toThrow(new RangeError("no key for this"));
      expect(calls).toEqual([]);
      const taskRun = await engine.taskRun("add");
      expect(await engine.stateNames(taskRun)).toEqual(["Pending", "Failed"]);
      expect(taskRun.state?.message).toBe("Task run could not be carried out: RangeError: no key for this");
    },
  );

  engineTest("may be part of a policy", async () => {
    const { add, calls } = counted({
      cachePolicy: cachePolicy(({ inputs }) => String(Number(inputs["a"]) % 2)).plus(TASK_SOURCE),
    });
    const pairs: Pair[] = [
      [1, 0],
      [3, 0],
      [2, 0],
    ];
    expect(await summing(add)({ pairs })).toEqual([1, 1, 2]);
    expect(calls).toHaveLength(2);
  });
});

describe("an input without content", () => {
  engineTest("fails the run with its path and what to do", async (engine) => {
    const load = task({ name: "load", persistResult: true }, async (source: { open: () => string }) =>
      source.open(),
    );
    const run = flow({ name: "run" }, () => load({ open: () => "rows" }));
    await expect(run()).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringMatching(/^inputs\.source\.open is the function open.*INPUTS\.minus.*NO_CACHE/u),
    });
    expect(await engine.stateNames(await engine.taskRun("load"))).toEqual(["Pending", "Failed"]);
  });

  engineTest("is no trouble when it was subtracted, or nothing is cached", async () => {
    const open = (): string => "rows";
    const load = (policy: CachePolicy) =>
      task({ name: "load", cachePolicy: policy }, async (source: { open: () => string }) => source.open());
    const run = (policy: CachePolicy) => flow({ name: "run" }, () => load(policy)({ open }))();
    expect([await run(INPUTS.minus("source")), await run(NO_CACHE)]).toEqual(["rows", "rows"]);
  });
});
