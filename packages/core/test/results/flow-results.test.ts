/** Results of flow runs. */
import { join } from "node:path";
import { describe, expect } from "vitest";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { Failed } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";
import { pathsIn } from "./stored-files.ts";

describe("a flow's result", () => {
  engineTest("is written when the flow says so, and recorded by reference", async (engine) => {
    const storage = new MemoryFileSystem();
    const run = flow({ name: "run", persistResult: true, resultStorage: storage }, async () => ({
      secret: "x1",
    }));
    expect(await run()).toEqual({ secret: "x1" });
    const [wire] = await engine.flowRuns("run");
    const [path] = await pathsIn(storage);
    expect(wire?.state?.data).toMatchObject({ storage_key: path, serializer: { type: "json" } });
    expect(JSON.stringify(wire)).not.toContain("x1");
  });

  engineTest("is not written otherwise", async (engine) => {
    await flow({ name: "run" }, async () => 1)();
    expect((await engine.flowRuns("run"))[0]?.state?.data).toBeNull();
    expect(await pathsIn(new LocalFileSystem({ basePath: join(engine.home, "storage") }))).toEqual([]);
  });

  engineTest(
    "is written when the setting says so",
    async (engine) => {
      await flow({ name: "run" }, async () => 1)();
      expect(await pathsIn(new LocalFileSystem({ basePath: join(engine.home, "storage") }))).toHaveLength(1);
    },
    { settings: { "results.persist_by_default": true } },
  );

  engineTest("of a sub-flow goes where that of the flow around goes, unless it says", async () => {
    const [outer, own] = [new MemoryFileSystem(), new MemoryFileSystem()];
    const inherits = flow({ name: "inherits" }, async () => 1);
    const decides = flow({ name: "decides", resultStorage: own }, async () => 2);
    const refuses = flow({ name: "refuses", persistResult: false }, async () => 3);
    const run = flow({ name: "run", persistResult: true, resultStorage: outer }, async () => [
      await inherits(),
      await decides(),
      await refuses(),
    ]);
    expect(await run()).toEqual([1, 2, 3]);
    expect(await pathsIn(outer)).toHaveLength(2);
    expect(await pathsIn(own)).toHaveLength(1);
  });

  engineTest("of futures is that of their values", async () => {
    const storage = new MemoryFileSystem();
    const double = task({ name: "double" }, async (n: number) => n * 2);
    const run = flow({ name: "run", persistResult: true, resultStorage: storage }, () => double.map([1, 2]));
    expect(await run()).toEqual([2, 4]);
  });

  engineTest("is not written when the run failed", async () => {
    const storage = new MemoryFileSystem();
    const run = flow({ name: "run", persistResult: true, resultStorage: storage }, async () => Failed());
    await run.returnState();
    expect(await pathsIn(storage)).toEqual([]);
  });

  engineTest("that cannot be serialised fails the run with the path, without a retry", async (engine) => {
    let attempts = 0;
    const run = flow({ name: "run", persistResult: true, retries: 3 }, async () => {
      attempts += 1;
      return { rows: [{ save: () => undefined }] };
    });
    await expect(run()).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringMatching(/^result\.rows\[0\]\.save is the function save/u),
    });
    expect(attempts).toBe(1);
    const [wire] = await engine.flowRuns("run");
    expect(wire?.state_name).toBe("Failed");
    expect(wire?.state?.message).toMatch(
      /^The flow's result could not be persisted: .*result\.rows\[0\]\.save/u,
    );
  });
});
