import { expect, it } from "vitest";
import { inBatches } from "../src/in-batches.ts";

const ITEMS = Array.from({ length: 501 }, (_, index) => index);

it("writes all items in order, some hundred at a time", async () => {
  const batches: number[][] = [];
  await inBatches(
    ITEMS,
    (batch) => [...batch],
    async (batch) => {
      batches.push(batch);
    },
  );
  expect(batches.flat()).toEqual(ITEMS);
  expect(batches.map((batch) => batch.length)).toEqual([200, 200, 101]);
});

it("writes nothing when an item of any batch cannot be prepared", async () => {
  let writes = 0;
  const prepare = (batch: readonly number[]) => {
    if (batch.includes(500)) throw new RangeError("500");
    return batch;
  };
  const write = async () => {
    writes += 1;
  };
  await expect(inBatches(ITEMS, prepare, write)).rejects.toThrow(RangeError);
  expect(writes).toBe(0);
});

it("writes nothing for nothing", async () => {
  await inBatches([], String, () => Promise.reject(new Error("written")));
});
