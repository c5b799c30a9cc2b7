/** Histories that cannot be written in the middle of a flow: the work goes on, and nothing is lost that can be kept. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openHistory } from "../../src/api/open-history.ts";
import { flow } from "../../src/flows/flow.ts";
import { runLogger } from "../../src/runtime/run-logger.ts";
import { task } from "../../src/tasks/task.ts";
import {
  lockedElsewhere,
  smallDisk,
  standardError,
  temporaryDirectory,
  withHistoryIn,
} from "./sqlite-history.ts";

const work = task({ name: "work" }, async (n: number) => {
  runLogger().info("working", { n, text: "x".repeat(200) });
  return n;
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe("a history that another process has locked", () => {
  it("slows no task down, and gets everything when it is free again", async () => {
    const home = await temporaryDirectory();
    standardError();
    let [freeMs, lockedMs] = [0, 0];
    const run = flow({ name: "run" }, async () => {
      await work(-1);
      const start = performance.now();
      await work.map(numbers(300));
      freeMs = performance.now() - start;
      const lock = await lockedElsewhere(join(home, "sluice.db"));
      const lockedAt = performance.now();
      const values = await work.map(numbers(300));
      lockedMs = performance.now() - lockedAt;
      setTimeout(() => void lock.release(), 500);
      return values.length;
    });
    expect(await withHistoryIn(home, () => run())).toBe(300);
    // Far below what waiting for the lock would take, on a busy machine too.
    expect(lockedMs).toBeLessThan(2000 + 10 * freeMs);
    await withHistoryIn(home, async () => {
      const api = await openHistory();
      const completed = { task_runs: { state: { type: { any_: ["COMPLETED" as const] } } } };
      expect(await api.taskRuns.count(completed)).toBe(601);
      const [wire] = await api.flowRuns.filter({});
      expect(wire?.state_name).toBe("Completed");
      const lines = await api.logs.filter({ logs: { text: { query: "working" } }, offset: 500 });
      expect(lines).toHaveLength(101);
    });
  });
});

describe("a disk that is full", () => {
  it("lets the flow complete, with a warning; what was recorded stays, and the rest follows when there is space", async (context) => {
    const home = await smallDisk(context, 16_000_000);
    const told = standardError();
    const ballast = join(home, "ballast");
    const run = flow({ name: "run" }, async () => {
      await work.map(numbers(20));
      await (await openHistory()).taskRuns.count({});
      await fill(ballast);
      return (await work.map(numbers(500))).length;
    });
    await withHistoryIn(home, async () => {
      expect(await run()).toBe(500);
      expect(told()).toMatch(/history at .*sluice\.db cannot be written now; what happens is kept/u);
      expect(told()).toMatch(/the disk is full/u);
      const api = await openHistory();
      expect(await api.flowRuns.count({})).toBe(1);
      await rm(ballast);
    });
    await withHistoryIn(home, async () => {
      const api = await openHistory();
      const completed = { task_runs: { state: { type: { any_: ["COMPLETED" as const] } } } };
      expect(await api.taskRuns.count(completed)).toBe(520);
      expect((await api.flowRuns.filter({}))[0]?.state_name).toBe("Completed");
    });
  });

  it("that stays full loses only what nothing could keep, and says how much", async (context) => {
    const home = await smallDisk(context, 16_000_000);
    const told = standardError();
    const run = flow({ name: "run" }, async () => {
      await work.map(numbers(20));
      await fill(join(home, "ballast"));
      return (await work.map(numbers(500))).length;
    });
    expect(await withHistoryIn(home, () => run())).toBe(500);
    expect(told()).toMatch(/\d+ history records can neither be sent nor be written to .*spool/u);
    await rm(join(home, "ballast"));
    await withHistoryIn(home, async () => {
      const api = await openHistory();
      expect(await api.flowRuns.count({})).toBe(1);
    });
  });
});

describe("what cannot be sent before the process ends", () => {
  it("waits in the spool, and the next run sends it", async (context) => {
    const disk = await smallDisk(context, 16_000_000);
    const home = await temporaryDirectory();
    const told = standardError();
    const run = flow({ name: "run" }, async () => {
      await work(-1);
      await fill(join(disk, "ballast"));
      return (await work.map(numbers(500))).length;
    });
    const onDisk = <R>(body: () => Promise<R>): Promise<R> =>
      withHistoryIn(home, body, { "history.database_path": join(disk, "sluice.db") });
    expect(await onDisk(() => run())).toBe(500);
    expect(told()).toMatch(
      /History records wait in .*spool.*; the next run that can reach the history sends them/u,
    );
    expect((await readdir(join(home, "spool"))).length).toBeGreaterThan(0);
    await rm(join(disk, "ballast"));
    await onDisk(async () => {
      const api = await openHistory();
      expect(await api.taskRuns.count({})).toBe(501);
      expect((await api.flowRuns.filter({}))[0]?.state_name).toBe("Completed");
    });
    expect(await readdir(join(home, "spool"))).toEqual([]);
  });
});

/** Writes until there is no space left. */
async function fill(path: string): Promise<void> {
  for (const size of [1_000_000, 10_000, 100]) {
    for (;;) {
      try {
        await writeFile(path, Buffer.alloc(size), { flag: "a" });
      } catch (error) {
        expect(error).toMatchObject({ code: "ENOSPC" });
        break;
      }
    }
  }
}
