import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { SerialQueue } from "../src/serial-queue.ts";

it("runs jobs one after another in the order they came, also after one that fails", async () => {
  const queue = new SerialQueue();
  const events: string[] = [];
  const job = (name: string, fails = false) =>
    queue.run(async () => {
      events.push(`${name} starts`);
      await Promise.resolve();
      events.push(`${name} ends`);
      if (fails) throw new RangeError(name);
      return name;
    });
  const results = await Promise.allSettled([job("a"), job("b", true), job("c")]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(events).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
});

it("starts a job at once when none is running", async () => {
  const queue = new SerialQueue();
  await queue.run(async () => undefined);
  await nextTurn();
  let isStarted = false;
  const job = queue.run(async () => {
    isStarted = true;
  });
  expect(isStarted).toBe(true);
  await job;
});
