import assert from "node:assert/strict";
import { test } from "node:test";
import { flowHarness } from "@sluice/core/testing/harness";
import { watchPrices } from "../../src/docs/price-watch.ts";

// oxlint-disable-next-line typescript/no-floating-promises -- Node waits for its tests
test("finds what is cheap", async (t) => {
  const harness = flowHarness();
  t.after(() => harness.close());
  harness.blocks.set("shop/main", { price: async () => 4 });
  const run = await harness.run(watchPrices, { articles: ["tea"], below: 5 });
  assert.deepEqual(await run.result(), ["tea"]);
});
