import { allowFailure, flow, task, unmapped } from "@sluice/core";

const load = task({ name: "load" }, async (id: number) => ({ id, size: id * 10 }));
const measure = task({ name: "measure" }, async (item: { id: number; size: number }, unit: number) => {
  if (item.id === 13) throw new Error("13 cannot be measured");
  return item.size / unit;
});
const average = task(
  { name: "average" },
  async (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length,
);
const describe = task({ name: "describe" }, async (value: number | Error) =>
  value instanceof Error ? `failed: ${value.message}` : `measured ${value}`,
);

export const dataflow = flow({ name: "dataflow" }, async () => {
  const items = load.map([1, 2, 3]); // three futures
  const sizes = measure.map(items, unmapped(2)); // each waits for its own item only
  const mean = average.submit(sizes); // a list of futures is an array parameter

  const bad = measure.submit(load.submit(13), 2);
  const words = describe.submit(allowFailure(bad)); // gets the error; without allowFailure it would be NotReady

  return { mean: await mean, words: await words };
});
