/** What stays in memory of a finished task whose result is dropped, against a kept promise. */
import { flow, task } from "@sluice/core";
import { amount } from "../amount.ts";
import { type Measurement, measurement } from "../measurement.ts";
import { withHistory } from "./with-history.ts";

const COUNT = amount(50_000);

const drop = task({ name: "drop" }, async (_value: number) => undefined);
const keepFutures = flow({ name: "keep-futures" }, async () => {
  const elements = Array.from({ length: COUNT }, (_, index) => index);
  await drop.map(elements.slice(0, 1_000)).wait();
  const before = await heapAfterCollection();
  const futures = drop.map(elements);
  await futures.wait();
  const after = await heapAfterCollection();
  return { bytes: (after - before) / futures.length };
});

export async function memoryPerTask(): Promise<Measurement[]> {
  const { bytes } = await withHistory("sqlite", () => keepFutures());
  const baseline = await bytesPerPromise();
  const name = "memory per finished task";
  return [
    measurement({ name, unit: "bytes", value: bytes, baseline, against: "a kept promise", target: 1024 }),
  ];
}

async function bytesPerPromise(): Promise<number> {
  const before = await heapAfterCollection();
  const promises = Array.from({ length: COUNT }, async () => undefined);
  await Promise.all(promises);
  const after = await heapAfterCollection();
  return (after - before) / promises.length;
}

/** Waits until batches are written, then collects. */
async function heapAfterCollection(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run node with --expose-gc.");
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
