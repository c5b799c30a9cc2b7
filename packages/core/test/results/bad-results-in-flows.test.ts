/** Results that cannot be written, and files that are not what was written. */
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { INPUTS } from "../../src/caching/cache-policy.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, inEngine, type TestEngine } from "../engine-fixture.ts";
import { pathsIn } from "./stored-files.ts";

class Connection {
  readonly host = "db";
}

describe("a result that cannot be serialised", () => {
  engineTest("fails the run, with its path and what to do, and is not retried", async (engine) => {
    let attempts = 0;
    const connect = task({ name: "connect", retries: 3, persistResult: true }, async () => {
      attempts += 1;
      return { pools: [new Connection()] };
    });
    await expect(flow({ name: "run" }, () => connect())()).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringMatching(
        /^result\.pools\[0\] is an instance of Connection.*registerSerializable/u,
      ),
    });
    expect(attempts).toBe(1);
    const taskRun = await engine.taskRun("connect");
    expect(await engine.stateNames(taskRun)).toEqual(["Pending", "Running", "Failed"]);
    expect(taskRun.state?.message).toMatch(/result could not be persisted: .*result\.pools\[0\]/u);
  });

  engineTest("is no trouble for a task that persists nothing", async () => {
    const connect = task({ name: "connect" }, async () => new Connection());
    expect(await flow({ name: "run" }, async () => (await connect()).host)()).toBe("db");
  });

  engineTest("of one element of a map fails that element only", async () => {
    const make = task({ name: "make", persistResult: true }, async (n: number) => (n === 2 ? () => n : n));
    const run = flow({ name: "run" }, async () =>
      (await make.map([1, 2, 3]).wait()).map((state) => state.name),
    );
    expect(await run()).toEqual(["Completed", "Failed", "Completed"]);
  });
});

describe("a storage that cannot be written", () => {
  engineTest("fails the run with the path and the reason", async (engine) => {
    await writeFile(join(engine.home, "storage"), "a file in its place");
    const make = task({ name: "make", persistResult: true }, async () => 1);
    const state = await flow({ name: "run" }, () => make()).returnState();
    expect(state.message).toContain(join(engine.home, "storage"));
    expect((await engine.taskRun("make")).state_name).toBe("Failed");
  });

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0)("fails the run when nothing may be written there", () =>
    inEngine(async (engine) => {
      const directory = join(engine.home, "storage");
      await mkdir(directory, { mode: 0o500 });
      const make = task({ name: "make", persistResult: true }, async () => 1);
      const state = await flow({ name: "run" }, () => make()).returnState();
      expect(state.message).toContain("FileAccessDeniedError");
    }),
  );
});

const DAMAGES: Record<string, (path: string) => Promise<void>> = {
  "cut off": (path) => truncate(path, 40),
  empty: (path) => truncate(path, 0),
  "other data": (path) => writeFile(path, '{"some":"thing"}'),
  binary: (path) => writeFile(path, Buffer.from([0xff, 0xfe, 0])),
};

describe.each(Object.keys(DAMAGES))("a result file that is %s", (damage) => {
  const damageFile = async (engine: TestEngine): Promise<void> => {
    const path = join(engine.home, "storage", "value");
    await (DAMAGES[damage] as (path: string) => Promise<void>)(path);
  };

  engineTest("is named when the result is asked for", async (engine) => {
    const make = task({ name: "make", resultStorageKey: "value", cacheResultInMemory: false }, async () => ({
      text: "a value of some length",
    }));
    const run = flow({ name: "run" }, async () => {
      const state = await make.returnState();
      await damageFile(engine);
      return state.result();
    });
    await expect(run()).rejects.toMatchObject({
      code: "CORRUPT_RESULT",
      message: expect.stringMatching(
        /^The result "value" in file:.*storage cannot be used: .*Delete the file/u,
      ),
    });
  });

  engineTest("counts as no cached result: the task warns, runs again and replaces it", async (engine) => {
    let runs = 0;
    const make = task({ name: "make", resultStorageKey: "value" }, async () => {
      runs += 1;
      return { text: "a value of some length", runs };
    });
    const run = flow({ name: "run" }, () => make());
    await run();
    await damageFile(engine);
    expect(await run()).toMatchObject({ runs: 2 });
    expect(await run()).toMatchObject({ runs: 2 });
    const names = (await engine.taskRuns("make")).map(({ state_name }) => state_name);
    expect(names).toEqual(["Completed", "Completed", "Cached"]);
    const warnings = (await engine.logs()).filter(({ level }) => level === 30).map(({ message }) => message);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/cannot be read; it will be replaced.*value/su);
  });
});

describe("a cached result that cannot be read here", () => {
  engineTest("counts as none when only its own serializer could read it", async (engine) => {
    const storage = new MemoryFileSystem();
    const own = {
      type: "own",
      dumps: () => new Uint8Array([1]),
      loads: () => "read by its own serializer",
    };
    const make = (options: object) =>
      task({ name: "make", cachePolicy: INPUTS, resultStorage: storage, ...options }, async (n: number) => n);
    expect(await flow({ name: "run" }, () => make({ resultSerializer: own })(1))()).toBe(1);
    expect(await flow({ name: "run" }, () => make({})(1))()).toBe(1);
    expect((await engine.taskRuns("make")).map(({ state_name }) => state_name)).toEqual([
      "Completed",
      "Completed",
    ]);
  });

  engineTest("fails the run when the storage cannot be read at all", async () => {
    const storage = new MemoryFileSystem();
    storage.read = async () => {
      throw new Error("the storage is away");
    };
    const make = task({ name: "make", cachePolicy: INPUTS, resultStorage: storage }, async (n: number) => n);
    await expect(flow({ name: "run" }, () => make(1))()).rejects.toThrow("the storage is away");
    expect(await pathsIn(storage)).toEqual([]);
  });
});
