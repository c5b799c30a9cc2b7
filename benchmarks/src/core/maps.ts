/** `map` over many elements, every state recorded, against the same functions under `Promise.all`. */
import { flow, task } from "@sluice/core";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement } from "../measurement.ts";
import { withHistory } from "./with-history.ts";

const bare = async (value: number): Promise<number> => value;
const noop = task({ name: "noop" }, async (value: number) => value);
const mapped = flow({ name: "mapped" }, async ({ count }: { count: number }) => {
  await noop.map(Array.from({ length: count }, (_, index) => index)).wait();
});

export async function maps(): Promise<Measurement[]> {
  return withHistory("sqlite", async () => {
    await mapped({ count: 1_000 });
    return [await mapOf(10_000, 2), await mapOf(100_000, 20)];
  });
}

/** The time includes the end of the flow run, when everything is in the file. */
async function mapOf(count: number, target: number): Promise<Measurement> {
  const elements = Array.from({ length: amount(count) }, (_, index) => index);
  const baseline = (await elapsedMs(() => Promise.all(elements.map(bare)))) / 1000;
  const value = (await elapsedMs(() => mapped({ count: elements.length }))) / 1000;
  const name = `map of ${count / 1000}k recorded tasks`;
  return measurement({ name, unit: "s", value, baseline, against: "Promise.all of bare calls", target });
}
