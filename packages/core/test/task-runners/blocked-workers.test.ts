import { expect, vi } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { ProcessPoolTaskRunner } from "../../src/task-runners/process-pool-task-runner.ts";
import { ThreadPoolTaskRunner } from "../../src/task-runners/thread-pool-task-runner.ts";
import { engineTest } from "../engine-fixture.ts";
import { linesOf } from "./lines-of.ts";
import { blocks, ignores, where } from "./worker-tasks.ts";

const timeoutMs = 60_000;
const patience = { timeout: 20_000 };

for (const [name, create] of [
  ["thread", (limit = 1) => new ThreadPoolTaskRunner({ limit })],
  ["process", (limit = 1) => new ProcessPoolTaskRunner({ limit })],
] as const) {
  engineTest(
    `a ${name} that code blocks longer than its timeout is ended, and the run has timed out`,
    async (engine) => {
      const impatient = blocks.withOptions({ timeoutSeconds: 0.1 });
      await flow({ name: "f", taskRunner: create() }, async () => {
        const before = await where.submit();
        const state = await impatient.submit(30, `${engine.home}/began`).wait();
        expect(state).toMatchObject({ type: "FAILED", name: "TimedOut" });
        await expect(state.result()).rejects.toMatchObject({ code: "TIMED_OUT" });
        expect(await where.submit()).not.toBe(before);
      })();
      const run = await engine.taskRun("blocks");
      expect(await engine.stateNames(run)).toEqual(["Pending", "Running", "TimedOut"]);
    },
    { timeoutMs },
  );

  engineTest(
    `a ${name} that code blocks is ended after the grace time of a cancellation`,
    async (engine) => {
      const controller = new AbortController();
      const path = `${engine.home}/began`;
      const state = await runFlow(
        flow({ name: "f", taskRunner: create() }, async () => {
          const future = blocks.submit(30, path);
          await vi.waitFor(async () => expect(await linesOf(path)).toHaveLength(1), patience);
          expect(future.state.name).toBe("Running");
          controller.abort(new Error("enough"));
          return future;
        }),
        { signal: controller.signal, watchesSignals: false },
      );
      expect(state.type).toBe("CANCELLED");
      expect(await engine.taskRun("blocks")).toMatchObject({ state_type: "CANCELLED", run_count: 1 });
    },
    { timeoutMs },
  );

  engineTest(
    `a ${name} is used again when code ends soon after its timeout`,
    async (engine) => {
      await flow({ name: "f", taskRunner: create(20) }, async () => {
        const path = `${engine.home}/ended`;
        const before = await where.submit();
        expect((await ignores.submit(0.2, path).wait()).name).toBe("TimedOut");
        await vi.waitFor(async () => expect(await linesOf(path)).toEqual(["ended"]), patience);
        let asked = 0;
        await vi.waitFor(async () => {
          // More at once each time: one that was begun before the other was free would be asked for ever.
          asked += 1;
          const places = await Promise.all(Array.from({ length: asked }, () => where.submit()));
          expect(places).toContain(before);
        }, patience);
      })();
    },
    { timeoutMs, settings: { "flows.cancel_grace_seconds": 10 } },
  );

  engineTest(
    `a ${name} is ended when code does not end within the grace time after its timeout`,
    async (engine) => {
      await flow({ name: "f", taskRunner: create() }, async () => {
        const before = await where.submit();
        expect((await ignores.submit(60, `${engine.home}/ended`).wait()).name).toBe("TimedOut");
        expect(await where.submit()).not.toBe(before);
      })();
    },
    { timeoutMs },
  );
}
