import { describe, expect, it } from "vitest";
import { waitForScheduledTime } from "../../src/rules/wait-for-scheduled-time.ts";
import { addSeconds } from "../../src/timestamp.ts";
import { contextOf, flowRun, NOW, proposed } from "../flow-run-fixture.ts";

describe("waiting for the scheduled time", () => {
  // Whole seconds, then the rest rounded half to even, as Prefect computes it.
  it.each([
    [-5, 0],
    [0, 0],
    [0.4, 0],
    [0.5, 0],
    [0.500001, 1],
    [0.9, 1],
    [1, 1],
    [1.5, 1],
    [1.500001, 2],
    [2.5, 2],
    [3600.25, 3600],
  ])("%d seconds early is a delay of %d", (early, delaySeconds) => {
    const run = flowRun(proposed("SCHEDULED", { state_details: { scheduled_time: addSeconds(NOW, early) } }));
    const verdict = waitForScheduledTime(proposed("RUNNING"), contextOf(run));
    if (delaySeconds === 0) expect(verdict).toEqual({ type: "accept" });
    else expect(verdict).toEqual({ type: "wait", delaySeconds, reason: "Scheduled time is in the future" });
  });
});
