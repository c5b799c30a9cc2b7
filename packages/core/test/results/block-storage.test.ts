import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { JsonBlock, LocalFileSystemBlock } from "../../src/blocks/index.ts";
import { INPUTS } from "../../src/caching/cache-policy.ts";
import { listFiles } from "../../src/filesystems/file-operations.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { temporarySettings } from "../../src/settings/current-settings.ts";
import { task } from "../../src/tasks/task.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import { engineTest } from "../engine-fixture.ts";

let basepath: string;

beforeEach(async () => {
  basepath = await mkdtemp(join(tmpdir(), "block-storage-"));
});
afterEach(() => rm(basepath, { recursive: true }));

async function storedPaths(): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of listFiles(new LocalFileSystem({ basePath: basepath }))) paths.push(path);
  return paths;
}

describe("result storage that is a block", () => {
  engineTest("keeps results, which say in which block they are", async ({ flowRuns }) => {
    const storage = new LocalFileSystemBlock({ basepath });
    await storage.save("results");
    await flow({ name: "kept", persistResult: true, resultStorage: storage }, async () => 42)();
    expect(await storedPaths()).toHaveLength(1);
    const [run] = await flowRuns("kept");
    expect(run?.state?.data).toMatchObject({ storage_block_id: storage.blockDocumentId });
  });

  engineTest("may be named, and is loaded when the first result is kept", async ({ flowRuns }) => {
    let calls = 0;
    const options = { name: "cached", cachePolicy: INPUTS, resultStorage: "local-file-system/results" };
    const cached = task(options, async (value: number) => {
      calls += 1;
      return value * 2;
    });
    // Defined and called in flows before the block is there.
    const twice = flow({ name: "twice" }, async () => [await cached(1), await cached(1)]);
    const storage = new LocalFileSystemBlock({ basepath });
    await storage.save("results");
    expect(await twice()).toEqual([2, 2]);
    expect(calls).toBe(1);
    expect(await storedPaths()).toHaveLength(1);
    expect(await flowRuns("twice")).toHaveLength(1);
  });

  engineTest("is inherited by tasks and transactions of a flow, and given by the setting", async () => {
    await new LocalFileSystemBlock({ basepath }).save("results");
    const kept = task({ name: "kept", persistResult: true }, async () => "value");
    const body = flow({ name: "body" }, async () => {
      await kept();
      await transaction({ key: "named" }, async (opened) => opened.stage(1));
    });
    await temporarySettings({ "results.default_storage_block": "local-file-system/results" }, () => body());
    expect(await storedPaths()).toContain("named");
    expect(await storedPaths()).toHaveLength(2);
  });

  engineTest("fails the run, and says why, when there is no such block", async () => {
    const lost = flow(
      { name: "lost", persistResult: true, resultStorage: "local-file-system/gone" },
      async () => 1,
    );
    await expect(lost()).rejects.toThrow("There is no block local-file-system/gone");
    const losing = task({ name: "losing", resultStorage: "local-file-system/gone" }, async () => 1);
    await expect(flow({ name: "losing" }, () => losing())()).rejects.toThrow(
      "There is no block local-file-system/gone",
    );
  });

  engineTest("has to be a file system", async () => {
    await new JsonBlock({ value: 1 }).save("number");
    const lost = flow({ name: "lost", persistResult: true, resultStorage: "json/number" }, async () => 1);
    await expect(lost()).rejects.toThrow("The block json/number is no file system");
    expect(() => flow({ name: "wrong", resultStorage: "number" }, async () => 1)).toThrow(
      "resultStorage must be a FileSystem, or the reference of a block",
    );
  });
});
