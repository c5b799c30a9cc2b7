import { expect } from "vitest";
import { INPUTS } from "../../src/caching/cache-policy.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import type { FlowOptions } from "../../src/flows/flow-options.ts";
import { ThreadPoolTaskRunner } from "../../src/task-runners/thread-pool-task-runner.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import { engineTest } from "../engine-fixture.ts";
import { linesOf } from "./lines-of.ts";
import { unlucky } from "./throws-on-import.ts";
import { cacheable, cachedByInputs, derived, double, parameter } from "./worker-tasks.ts";

const timeoutMs = 60_000;

/** Runs `body` as a flow whose tasks run in one thread. */
async function inThread<P>(
  body: (parameters: P) => Promise<void>,
  parameters: P,
  options: FlowOptions<undefined> = {},
): Promise<void> {
  const taskRunner = new ThreadPoolTaskRunner({ limit: 1 });
  const state = await flow({ name: "f", taskRunner, ...options }, body).returnState(
    ...([parameters] as never),
  );
  await state.result();
}

engineTest(
  "a task is found where a function of another module made it",
  () => inThread(async () => expect(await double.submit(21)).toBe(42), undefined),
  { timeoutMs },
);

engineTest(
  "a task derived from one that is not exported is found, and one derived from it",
  async (engine) => {
    await inThread(async () => {
      expect(await derived.submit(1)).toBe(1.5);
      expect(await derived.withOptions({ name: "again", tags: ["again"] }).submit(2)).toBe(2.5);
    }, undefined);
    expect((await engine.taskRun("derived")).tags).toEqual(["derived"]);
    expect((await engine.taskRun("again")).tags).toEqual(["again"]);
  },
  { timeoutMs },
);

engineTest(
  "a module that throws as it is imported in the worker fails the task run with its message",
  () =>
    inThread(async () => {
      const state = await unlucky.submit().wait();
      expect(state.type).toBe("FAILED");
      expect(state.message).toMatch(
        /Task "unlucky" cannot run.*throws-on-import\.ts could not be loaded there: no database in this thread/,
      );
      await expect(state.result()).rejects.toMatchObject({
        code: "TASK_REFERENCE",
        cause: { message: "no database in this thread" },
      });
    }, undefined),
  { timeoutMs },
);

engineTest(
  "cache policies given with withOptions travel by their names",
  async (engine) => {
    const path = `${engine.home}/runs`;
    const again = cacheable.withOptions({ cachePolicy: INPUTS });
    await inThread(async () => {
      expect((await cachedByInputs.submit(path).wait()).name).toBe("Completed");
      expect((await again.submit(path).wait()).name).toBe("Cached");
    }, undefined);
    expect(await linesOf(path)).toEqual(["run"]);
  },
  { timeoutMs },
);

engineTest(
  "a flow parameter that cannot be sent fails only the task that asks for it",
  () =>
    inThread(
      async () => {
        expect(await parameter.submit("plain")).toEqual(new Date(0));
        await expect(parameter.submit("client").result()).rejects.toThrow(
          /The flow parameter client cannot be sent to other threads and processes: client\.get is the function get/,
        );
      },
      { plain: new Date(0), client: { get: () => 1 } },
    ),
  { timeoutMs },
);

engineTest(
  "results are kept in the flow's local storage",
  async (engine) => {
    const resultStorage = new LocalFileSystem({ basePath: `${engine.home}/kept` });
    await inThread(
      async () => {
        const state = await double.submit(4).wait();
        const { data } = state.toWire();
        const { size } = await resultStorage.stat((data as { storage_key: string }).storage_key);
        expect(size).toBeGreaterThan(0);
      },
      undefined,
      { resultStorage, persistResult: true },
    );
  },
  { timeoutMs },
);

engineTest(
  "a storage of the flow that cannot be sent fails the runs that persist, saying so",
  () =>
    inThread(
      async () => {
        const state = await double.submit(4).wait();
        expect(state.type).toBe("FAILED");
        expect(state.message).toContain("The option of the flow resultStorage cannot be sent");
      },
      undefined,
      { resultStorage: new MemoryFileSystem(), persistResult: true },
    ),
  { timeoutMs },
);

engineTest(
  "a task whose result would belong to a transaction is refused, others are not",
  async () => {
    await inThread(async () => {
      await transaction(async () => {
        expect(await double.submit(2)).toBe(4);
        const state = await double.withOptions({ persistResult: true }).submit(2).wait();
        expect(state.type).toBe("FAILED");
        expect(state.message).toContain("it was submitted inside a transaction");
      });
    }, undefined);
  },
  { timeoutMs },
);

engineTest("a limit that is no whole number of at least 1 is refused", async () => {
  for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => new ThreadPoolTaskRunner({ limit })).toThrow(
      `A worker pool's limit must be a whole number of at least 1, not ${limit}.`,
    );
  }
});
