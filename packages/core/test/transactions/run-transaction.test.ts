import { describe, expect } from "vitest";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import { engineTest } from "../engine-fixture.ts";

async function pathsIn(storage: MemoryFileSystem): Promise<string[]> {
  return (await storage.list()).files.map(({ path }) => path);
}

describe("a transaction in a flow", () => {
  engineTest("keeps its record where the flow keeps its results, for the next run to find", async () => {
    const storage = new MemoryFileSystem();
    const download = flow({ name: "download", resultStorage: storage }, () =>
      transaction({ key: "downloaded" }, (txn) => txn.isCommitted),
    );
    expect([await download(), await download()]).toEqual([false, true]);
    expect(await pathsIn(storage)).toEqual(["downloaded"]);
  });

  engineTest("undoes the tasks before the one that failed, from last to first", async () => {
    const storage = new MemoryFileSystem();
    const undone: string[] = [];
    const step = (name: string) =>
      task({ name, persistResult: true, onRollback: () => void undone.push(name) }, async () => name);
    const failing = task({ name: "failing" }, async (): Promise<void> => {
      throw new Error("no upload today");
    });
    const [write, check] = [step("write"), step("check")];
    const publish = flow({ name: "publish", resultStorage: storage }, () =>
      transaction(async () => {
        await write();
        await check();
        await failing();
      }),
    );
    await expect(publish()).rejects.toThrow("no upload today");
    expect(undone).toEqual(["check", "write"]);
    expect(await pathsIn(storage)).toEqual([]);
  });

  engineTest("writes the results of its tasks at its end", async () => {
    const storage = new MemoryFileSystem();
    const committed: string[] = [];
    const write = task(
      { name: "write", resultStorageKey: "report.json", onCommit: () => void committed.push("write") },
      async () => ({ rows: 3 }),
    );
    const seen: string[][] = [];
    const publish = flow({ name: "publish", resultStorage: storage }, async () => {
      await transaction(async () => {
        await write();
        seen.push([...committed, ...(await pathsIn(storage))]);
      });
      seen.push([...committed, ...(await pathsIn(storage))]);
    });
    await publish();
    expect(seen).toEqual([[], ["write", "report.json"]]);
  });
});
