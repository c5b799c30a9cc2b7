/** The tests of testing-flows.md. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MemoryNotifier } from "@sluice/core";
import { flowHarness } from "@sluice/core/testing";
import { expect, it, vi } from "vitest";
import { watchPrices } from "../src/docs/price-watch.ts";

it("finds what is cheap, although the shop is away at first", async () => {
  await using harness = flowHarness();
  const price = vi.fn(async (article: string) => article.length);
  price.mockRejectedValueOnce(new Error("away"));
  harness.blocks.set("shop/main", { price });

  const run = await harness.run(watchPrices, { articles: ["tea", "coffee"], below: 5 });

  expect(await run.result()).toEqual(["tea"]);
  expect(run.taskRuns.map(({ name, runCount }) => [name, runCount])).toEqual([
    ["read-price-0", 2], // a minute later, by the harness's clock
    ["read-price-1", 1],
  ]);
  expect(run.logs).toContainEqual(
    expect.objectContaining({ message: "Prices read", fields: { prices: [3, 6] } }),
  );
});

it("tells the team when it gives up", async () => {
  await using harness = flowHarness();
  const team = new MemoryNotifier();
  harness.blocks.set("slack-webhook/team", team);
  harness.blocks.set("shop/main", { price: () => Promise.reject(new Error("closed for ever")) });

  const run = await harness.run(watchPrices, { articles: ["tea"], below: 5 });

  expect(run.state.isFailed()).toBe(true);
  expect(run.taskRuns[0]?.runCount).toBe(4);
  expect(team.messages).toMatchObject([{ body: expect.stringContaining("closed for ever") }]);
});

it("does not wait for a shop that never answers", async () => {
  await using harness = flowHarness();
  const price = vi.fn<(article: string) => Promise<number>>(async () => 4);
  price.mockReturnValueOnce(new Promise(() => undefined));
  harness.blocks.set("shop/main", { price });

  const running = harness.run(watchPrices, { articles: ["tea"], below: 5 });
  await harness.clock.advance(31); // by a limit alone, the clock is not moved
  const run = await running;

  expect(run.taskRuns[0]?.states).toContain("Retrying");
  expect(await run.result()).toEqual(["tea"]);
});

it("runs with the test runner of Node, too", { timeout: 60_000 }, async () => {
  const program = fileURLToPath(new URL("programs/watch-prices.node-test.ts", import.meta.url));
  const node = ["--conditions=@sluice/source", "--import", "tsx", "--test", "--test-reporter=tap", program];
  const { stdout } = await promisify(execFile)(process.execPath, node, {
    // Otherwise Node takes it for a test inside another.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  expect(stdout).toContain("# pass 1\n");
});
