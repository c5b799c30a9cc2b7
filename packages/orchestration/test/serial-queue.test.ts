import { describe, expect, it } from "vitest";
import { SerialQueue } from "../src/serial-queue.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a serial queue", () => {
  it("runs one piece of work at a time, in the order of the calls", async () => {
    const queue = new SerialQueue();
    const events: string[] = [];
    const slow = (name: string) => async () => {
      events.push(`${name} starts`);
      await turn();
      events.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([
      queue.run(slow("a")),
      queue.runNow(() => events.push("now")),
      queue.run(slow("b")),
    ]);
    expect(results).toEqual(["a", 3, "b"]);
    expect(events).toEqual(["a starts", "a ends", "now", "b starts", "b ends"]);
  });

  it("goes on after work that failed", async () => {
    const queue = new SerialQueue();
    const failed = queue.run(() => Promise.reject(new RangeError("no")));
    const next = queue.run(() => 1);
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe(1);
    await expect(
      queue.runNow(() => {
        throw new RangeError("now");
      }),
    ).rejects.toThrow("now");
    expect(await queue.runNow(() => 2)).toBe(2);
  });

  it("lets nobody overtake those who wait", async () => {
    const queue = new SerialQueue();
    const order: number[] = [];
    const first = queue.run(turn);
    const waiting = queue.run(async () => void order.push(1));
    await first;
    const late = queue.run(async () => void order.push(2));
    await Promise.all([waiting, late]);
    expect(order).toEqual([1, 2]);
  });

  it("starts work at once when none is running", async () => {
    const queue = new SerialQueue();
    await queue.run(async () => undefined);
    let isStarted = false;
    const job = queue.run(async () => {
      isStarted = true;
    });
    expect(isStarted).toBe(true);
    await job;
  });
});
