/** The test of the README. */
import { flowHarness } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { report } from "../src/readme.ts";

it("adds up pages", async () => {
  await using harness = flowHarness();
  const run = await harness.run(report, { pages: 2, factor: 10 });
  expect(await run.result()).toEqual([10, 50]);
  expect(run.taskRuns).toHaveLength(4);
});
