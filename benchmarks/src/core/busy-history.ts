/** Called tasks while another writer holds the history's file, against the same calls when nobody does. */
import { join } from "node:path";
import { flow, task } from "@sluice/core";
import Database from "libsql";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";
import { withHistory } from "./with-history.ts";

const CALLS = amount(5_000);
const ROUNDS = amount(3);

const noop = task({ name: "noop" }, async (value: number) => value);
const measured = flow({ name: "busy-history" }, async ({ path }: { path: string }) => {
  const free: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    free.push((await elapsedMs(repeat)) / (CALLS / 1000));
    await new Promise((resolve) => setTimeout(resolve, 500)); // what was recorded is written
    const holder = new Database(path);
    holder.exec("BEGIN IMMEDIATE");
    busy.push((await elapsedMs(repeat)) / (CALLS / 1000));
    holder.exec("COMMIT");
    holder.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { free: median(free), busy: median(busy) };
});

export async function busyHistory(): Promise<Measurement[]> {
  const { free, busy } = await withHistory("sqlite", (home) => measured({ path: join(home, "sluice.db") }));
  const name = "task call, history file locked";
  return [
    measurement({ name, unit: "µs", value: busy, baseline: free, against: "the file free", target: 150 }),
  ];
}

async function repeat(): Promise<void> {
  for (let index = 0; index < CALLS; index += 1) await noop(index);
}
