import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, turns } from "../engine-fixture.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await turns(3);
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

const TASKS = 10_000;
const numbers = Array.from({ length: TASKS }, (_, n) => n);
const settings = { "history.mode": "off" } as const;

describe("memory", () => {
  engineTest(
    "of a finished future is less than 1 KB",
    async ({ flush }) => {
      const small = task({ name: "small" }, async (n: number) => n);
      await flow({ name: "f" }, async () => {
        await small.map(numbers.slice(0, 2000)).wait();
        const before = await heapUsed();
        const list = small.map(numbers);
        await list.wait();
        await flush();
        const perFuture = ((await heapUsed()) - before) / TASKS;
        expect(list.length).toBe(TASKS);
        expect(perFuture).toBeLessThan(1024);
      })();
    },
    { settings, timeoutMs: 60_000 },
  );

  engineTest(
    "is not kept for tasks that have ended and whose futures nobody holds",
    async ({ flush }) => {
      const kept: WeakRef<object>[] = [];
      const large = task({ name: "large" }, async (_: number) => {
        const value = { rows: new Array(1000).fill(0) };
        kept.push(new WeakRef(value));
        return value;
      });
      await flow({ name: "f" }, async () => {
        await large(0);
        const before = await heapUsed();
        for (const n of numbers) await large(n);
        await large.map(numbers.slice(0, 1000)).wait();
        await flush();
        const growth = (await heapUsed()) - before;
        const alive = kept.filter((reference) => reference.deref() !== undefined).length;
        expect(alive).toBeLessThan(20);
        // Each value alone is 8 KB: kept, they would be 88 MB.
        expect(growth).toBeLessThan(8 * 1024 * 1024);
      })();
    },
    { settings, timeoutMs: 60_000 },
  );
});
