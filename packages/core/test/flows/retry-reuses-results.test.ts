/** What a retried flow run does not do again: the runs before that completed with a persisted result. */
import { describe, expect } from "vitest";
import { INPUTS } from "../../src/caching/cache-policy.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, type TestEngine } from "../engine-fixture.ts";

const onlyRun = async (engine: TestEngine, name: string): Promise<string> => {
  const [run, ...more] = await engine.flowRuns(name);
  if (run === undefined || more.length > 0) throw new Error(`${name} has ${more.length + 1} runs, not one`);
  return run.id;
};

const statesOf = async (engine: TestEngine, name: string): Promise<(string | null)[]> =>
  (await engine.taskRuns(name)).map(({ state_name }) => state_name);

/** A step that counts its calls, and one that fails until it is allowed to go on. */
function parts(options: { persistResult?: boolean } = { persistResult: true }) {
  const calls: string[] = [];
  const storage = new MemoryFileSystem();
  const step = task({ name: "step", resultStorage: storage, ...options }, async (name: string) => {
    calls.push(name);
    return { name, at: new Date(0) };
  });
  const world = { isBroken: true };
  const fragile = task({ name: "fragile" }, async () => {
    calls.push("fragile");
    if (world.isBroken) throw new Error("the world is broken");
    return "mended";
  });
  return { calls, storage, step, fragile, world };
}

describe("a flow that is retried", () => {
  engineTest("takes the results of its first attempt, in maps too", async (engine) => {
    const { calls, step, fragile, world } = parts();
    const run = flow({ name: "run", retries: 1 }, async () => {
      const a = await step("a");
      const mapped = await step.map(["b", "c"]);
      await fragile().catch((error: unknown) => {
        world.isBroken = false;
        throw error;
      });
      return [a, ...mapped];
    });
    expect(await run()).toEqual(["a", "b", "c"].map((name) => ({ name, at: new Date(0) })));
    expect(calls).toEqual(["a", "b", "c", "fragile", "fragile"]);
    expect(await statesOf(engine, "step")).toEqual([
      ...["Completed", "Completed", "Completed"],
      ...["Cached", "Cached", "Cached"],
    ]);
    const [wire] = await engine.flowRuns("run");
    expect(wire?.run_count).toBe(2);
  });

  engineTest("runs again what was not persisted", async () => {
    const { calls, step, fragile, world } = parts({ persistResult: false });
    const run = flow({ name: "run", retries: 1 }, async () => {
      await step("a");
      await fragile().catch((error: unknown) => {
        world.isBroken = false;
        throw error;
      });
    });
    await run();
    expect(calls).toEqual(["a", "fragile", "a", "fragile"]);
  });

  engineTest("runs again a task whose inputs are others now", async () => {
    const { calls, step } = parts();
    let attempt = 0;
    const run = flow({ name: "run", retries: 1 }, async () => {
      attempt += 1;
      await step("same");
      await step(`attempt ${attempt}`);
      if (attempt === 1) throw new Error("once more");
    });
    await run();
    expect(calls).toEqual(["same", "attempt 1", "attempt 2"]);
  });

  engineTest("does not run a sub-flow again that completed with a persisted result", async (engine) => {
    const { calls, fragile, world } = parts();
    const inner = flow({ name: "inner", persistResult: true }, async ({ n }: { n: number }) => {
      calls.push(`inner ${n}`);
      return new Map([["n", n]]);
    });
    const run = flow({ name: "run", retries: 1 }, async () => {
      const values = [await inner({ n: 1 }), await inner({ n: 2 })];
      await fragile().catch((error: unknown) => {
        world.isBroken = false;
        throw error;
      });
      return values.map((map) => map.get("n"));
    });
    expect(await run()).toEqual([1, 2]);
    expect(calls).toEqual(["inner 1", "inner 2", "fragile", "fragile"]);
    const inners = await engine.flowRuns("inner");
    expect(inners.map(({ run_count }) => run_count)).toEqual([1, 1]);
  });

  engineTest(
    "runs a sub-flow again that failed, in its run, with what that had completed",
    async (engine) => {
      const { calls, step, fragile, world } = parts();
      const inner = flow({ name: "inner", persistResult: true }, async () => {
        await step("inside");
        return fragile();
      });
      const run = flow({ name: "run", retries: 1 }, async () => {
        try {
          return await inner();
        } finally {
          world.isBroken = false;
        }
      });
      expect(await run()).toBe("mended");
      expect(calls).toEqual(["inside", "fragile", "fragile"]);
      const id = await onlyRun(engine, "inner");
      expect((await engine.api.flowRuns.get(id)).run_count).toBe(2);
    },
  );

  engineTest("fails when the result of a sub-flow was deleted meanwhile, and says so", async () => {
    const storage = new MemoryFileSystem();
    let runs = 0;
    const inner = flow({ name: "inner", persistResult: true, resultStorage: storage }, async () => {
      runs += 1;
      return runs;
    });
    let attempt = 0;
    const run = flow({ name: "run", retries: 1 }, async () => {
      attempt += 1;
      const value = await inner();
      if (attempt > 1) return value;
      for (const { path } of (await storage.list()).files) await storage.delete(path);
      throw new Error("once more");
    });
    await expect(run()).rejects.toMatchObject({ code: "MISSING_RESULT" });
    expect(runs).toBe(1);
  });
});

describe("a failed flow run that is run again by its id", () => {
  engineTest("runs only what failed, with the parameters of then", async (engine) => {
    const { calls, step, fragile, world } = parts();
    const run = flow({ name: "run" }, async ({ names }: { names: string[] }) => {
      const values = await step.map(names);
      return [...values.map(({ name }) => name), await fragile()];
    });
    expect((await run.returnState({ names: ["a", "b"] })).name).toBe("Failed");
    const id = await onlyRun(engine, "run");
    world.isBroken = false;
    const state = await runFlow(run, { flowRunId: id });
    expect(await state.result()).toEqual(["a", "b", "mended"]);
    expect(calls.toSorted()).toEqual(["a", "b", "fragile", "fragile"]);
    expect(await statesOf(engine, "step")).toEqual(["Completed", "Completed", "Cached", "Cached"]);
    expect(await onlyRun(engine, "run")).toBe(id);
    const names = await engine.stateNames(await engine.api.flowRuns.get(id));
    expect(names).toEqual(["Pending", "Running", "Failed", "Running", "Completed"]);
  });

  engineTest("can be run again until it completes", async (engine) => {
    const { calls, step, fragile, world } = parts();
    const run = flow({ name: "run" }, async () => {
      await step("a");
      return fragile();
    });
    await run.returnState();
    const id = await onlyRun(engine, "run");
    expect((await runFlow(run, { flowRunId: id })).name).toBe("Failed");
    world.isBroken = false;
    expect((await runFlow(run, { flowRunId: id })).name).toBe("Completed");
    expect(calls.filter((call) => call === "a")).toHaveLength(1);
  });

  engineTest("keeps a sub-flow that completed with a persisted result", async (engine) => {
    const { calls, fragile, world } = parts();
    const inner = flow({ name: "inner", persistResult: true }, async () => {
      calls.push("inner");
      return 5;
    });
    const run = flow({ name: "run" }, async () => [await inner(), await fragile()]);
    await run.returnState();
    world.isBroken = false;
    const state = await runFlow(run, { flowRunId: await onlyRun(engine, "run") });
    expect(await state.result()).toEqual([5, "mended"]);
    expect(calls).toEqual(["inner", "fragile", "fragile"]);
    await onlyRun(engine, "inner");
  });

  engineTest("is not run at all when it has completed with a persisted result", async (engine) => {
    let runs = 0;
    const run = flow({ name: "run", persistResult: true }, async () => {
      runs += 1;
      return runs;
    });
    await run();
    const state = await runFlow(run, { flowRunId: await onlyRun(engine, "run") });
    expect([await state.result(), runs]).toEqual([1, 1]);
  });

  engineTest("that is not there is an error, before anything runs", async () => {
    const { calls, step } = parts();
    const run = flow({ name: "run" }, () => step("a"));
    const flowRunId = "01890000-0000-7000-8000-000000000000";
    await expect(runFlow(run, { flowRunId })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: expect.stringContaining(flowRunId),
    });
    expect(calls).toEqual([]);
  });
});

describe("another flow run", () => {
  engineTest("takes results of INPUTS, and of no policy by default", async () => {
    const { calls, step } = parts();
    const shared = step.withOptions({ name: "shared", cachePolicy: INPUTS });
    const run = flow({ name: "run" }, async () => {
      await step("own");
      await shared("shared");
    });
    await run();
    await run();
    expect(calls).toEqual(["own", "shared", "own"]);
  });
});
