import { once } from "node:events";
import { expect, it } from "vitest";
import { LapsedRunSweeper } from "../src/lapsed-run-sweeper.ts";

it("warns of a sweep that fails, and goes on", async () => {
  const sweeper = new LapsedRunSweeper({
    location: "/data/history.db",
    sweepLapsedRuns: () => Promise.reject(new Error("The disk is full.")),
  });
  const warned = once(process, "warning");
  await sweeper.start();
  const [warning] = await warned;
  expect(warning).toMatchObject({
    name: "SluiceWarning",
    code: "SLUICE_SWEEP",
    message: expect.stringMatching(/history\.db: The disk is full\./u),
  });
  await sweeper.stop();
});

it("waits for a sweep under way when it stops", async () => {
  let finish = (): void => undefined;
  let isFinished = false;
  const sweeper = new LapsedRunSweeper({
    location: "memory",
    sweepLapsedRuns: async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      isFinished = true;
      return [];
    },
  });
  const started = sweeper.start();
  const stopped = sweeper.stop();
  finish();
  await stopped;
  expect(isFinished).toBe(true);
  await started;
  await sweeper.stop();
});
