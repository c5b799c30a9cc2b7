import { flowHarness } from "@sluice/core/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { warmestStation } from "../src/warmest-station.ts";

afterEach(() => vi.restoreAllMocks());

describe("the warmest station", () => {
  it("is the one with the highest temperature", async () => {
    const random = vi.spyOn(Math, "random");
    for (const number of [0.9, 0.5, 0.9, 0.8]) random.mockReturnValueOnce(number);
    await using harness = flowHarness();
    const run = await harness.run(warmestStation, { stations: ["Oslo", "Rome"] });
    expect(await run.result()).toEqual({ station: "Rome", celsius: 24 });
    expect(run.logs).toContainEqual(expect.objectContaining({ message: "Warmest station" }));
  });

  it("is found although a station does not answer at first", async () => {
    vi.spyOn(Math, "random").mockReturnValueOnce(0.1).mockReturnValue(0.5);
    await using harness = flowHarness(); // its clock does not wait for retries
    const run = await harness.run(warmestStation, { stations: ["Oslo"] });
    expect(await run.result()).toEqual({ station: "Oslo", celsius: 15 });
    expect(run.taskRuns).toMatchObject([{ runCount: 2, tags: ["weather"] }]);
  });

  it("cannot be told of no stations", async () => {
    await using harness = flowHarness();
    const run = await harness.run(warmestStation, { stations: [] });
    expect(run.state.isFailed()).toBe(true);
  });
});
