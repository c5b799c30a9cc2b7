import { expect, vi } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { ProcessPoolTaskRunner } from "../../src/task-runners/process-pool-task-runner.ts";
import { ThreadPoolTaskRunner } from "../../src/task-runners/thread-pool-task-runner.ts";
import { engineTest } from "../engine-fixture.ts";
import { linesOf } from "./lines-of.ts";
import { exits, nestsAndExits, throwsLater, waitsToBeKilled, where } from "./worker-tasks.ts";

const options = { timeoutMs: 60_000 };
const patience = { timeout: 20_000 };

for (const [name, create] of [
  ["thread", () => new ThreadPoolTaskRunner({ limit: 1 })],
  ["process", () => new ProcessPoolTaskRunner({ limit: 1 })],
] as const) {
  engineTest(
    `a ${name} that a task ends crashes the task run only, and is replaced`,
    async (engine) => {
      await flow({ name: "f", taskRunner: create() }, async () => {
        const before = await where.submit();
        const state = await exits.submit(3).wait();
        expect(state).toMatchObject({ type: "CRASHED", name: "Crashed" });
        expect(state.message).toMatch(
          new RegExp(`The worker ${name} \\d+ that ran task run exits-0 ended with exit code 3`),
        );
        await expect(state.result()).rejects.toMatchObject({
          code: "TASK_WORKER_LOST",
          details: { exitCode: 3, signal: null, taskRunName: "exits-0" },
        });
        expect(await where.submit()).not.toBe(before);
      })();
      expect(await engine.stateNames(await engine.taskRun("exits"))).toEqual([
        "Pending",
        "Running",
        "Crashed",
      ]);
    },
    options,
  );

  engineTest(
    `runs inside a task whose ${name} is lost are crashed too`,
    async (engine) => {
      const failures: string[] = [];
      const outer = nestsAndExits;
      await flow({ name: "f", taskRunner: create() }, async () => {
        const state = await outer.submit().wait();
        failures.push(state.name);
      })();
      expect(failures).toEqual(["Crashed"]);
      expect(await engine.taskRun("never")).toMatchObject({ state_type: "CRASHED", run_count: 1 });
      expect((await engine.taskRun("never")).state?.message).toContain("nests-and-exits-0");
      expect(await engine.taskRun("where")).toMatchObject({ state_type: "COMPLETED" });
    },
    options,
  );
}

engineTest(
  "an error that nobody can catch is told with the loss of the thread",
  async () => {
    await flow({ name: "f", taskRunner: new ThreadPoolTaskRunner({ limit: 1 }) }, async () => {
      const state = await throwsLater.submit().wait();
      expect(state.message).toContain("RangeError: thrown in a timer");
      await expect(state.result()).rejects.toMatchObject({ cause: { message: "thrown in a timer" } });
    })();
  },
  options,
);

engineTest(
  "a killed process crashes its task run, naming the signal; the others go on",
  async (engine) => {
    const path = `${engine.home}/pid`;
    await flow({ name: "f", taskRunner: new ProcessPoolTaskRunner({ limit: 2 }) }, async () => {
      const killed = waitsToBeKilled.submit(path);
      const other = where.submit();
      await vi.waitFor(async () => expect(await linesOf(path)).toHaveLength(1), patience);
      process.kill(Number((await linesOf(path))[0]), "SIGKILL");
      const state = await killed.wait();
      expect(state.type).toBe("CRASHED");
      expect(state.message).toContain("ended by signal SIGKILL");
      expect(await other).toMatch(/^\d+\/0$/);
    })();
  },
  options,
);
