/** A called task against a bare awaited call. */
import { flow, task } from "@sluice/core";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";
import { withHistory } from "./with-history.ts";

const CALLS = amount(5_000);
const ROUNDS = amount(5);

const bare = async (value: number): Promise<number> => value;
const noop = task({ name: "noop" }, async (value: number) => value);

/** Microseconds per call of each kind, interleaved so that the machine's mood hits both alike. */
const measured = flow({ name: "task-calls" }, async () => {
  const rounds = { bare: [] as number[], called: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bareUs = (await elapsedMs(() => repeat(bare))) / (CALLS / 1000);
    const calledUs = (await elapsedMs(() => repeat(noop))) / (CALLS / 1000);
    if (round === 0) continue; // warm-up
    rounds.bare.push(bareUs);
    rounds.called.push(calledUs);
  }
  return { bare: median(rounds.bare), called: median(rounds.called) };
});

export async function taskCalls(): Promise<Measurement[]> {
  const off = await withHistory("off", () => measured());
  const sqlite = await withHistory("sqlite", () => measured());
  const common = { unit: "µs", against: "a bare awaited call" };
  return [
    measurement({
      ...common,
      name: "task call, history off",
      value: off.called,
      baseline: off.bare,
      target: 50,
    }),
    measurement({
      ...common,
      name: "task call, SQLite history",
      value: sqlite.called,
      baseline: sqlite.bare,
      target: 150,
    }),
  ];
}

async function repeat(call: (value: number) => Promise<number>): Promise<void> {
  for (let index = 0; index < CALLS; index += 1) await call(index);
}
