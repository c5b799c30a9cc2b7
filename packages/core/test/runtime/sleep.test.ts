import { describe, expect, it } from "vitest";
import { flow, sleep, task } from "../../src/index.ts";
import { flowHarness } from "../../src/testing/harness/index.ts";

const LONG = 3600;

describe("sleep", () => {
  it("waits outside runs, too", async () => {
    const start = performance.now();
    await sleep(0.02);
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it("ends with the reason of the signal that it is given", async () => {
    await expect(sleep(LONG, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("ends when its task is told to stop, though it is given a signal of its own", async () => {
    await using harness = flowHarness({ clock: "real" });
    const controller = new AbortController();
    const { signal: other } = new AbortController();
    const resting = task({ name: "resting", signal: controller.signal }, async () => {
      controller.abort(new Error("not needed"));
      await sleep(LONG, { signal: other });
    });
    const run = await harness.run(flow({ name: "rest" }, async () => resting.submit().wait()));
    expect(run.taskRuns[0]?.state).toMatchObject({ type: "CANCELLED" });
  });

  it.each([-1, Number.NaN])("refuses %s seconds", async (seconds) => {
    await expect(sleep(seconds)).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});
