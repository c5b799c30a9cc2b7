import { describe, expect, it } from "vitest";
import { Slots } from "../../src/task-runners/slots.ts";
import { turns } from "../engine-fixture.ts";

/** Takes slots for names at depths, with `order` telling who got one when. */
function queue(limit: number): { slots: Slots; order: string[]; take(name: string, depth: number): void } {
  const slots = new Slots(limit);
  const order: string[] = [];
  return { slots, order, take: (name, depth) => slots.acquire(depth, () => order.push(name)) };
}

describe("slots", () => {
  it("are taken at once while there are any", () => {
    const { slots, order, take } = queue(2);
    take("a", 0);
    take("b", 0);
    take("c", 0);
    expect(order).toEqual(["a", "b"]);
    expect(slots.used).toBe(2);
  });

  it("go to the deepest waiter, then to the one who came first", async () => {
    const { slots, order, take } = queue(1);
    take("running", 0);
    take("shallow 1", 0);
    take("deep 1", 7);
    take("shallow 2", 0);
    take("middle", 3);
    take("deep 2", 7);
    for (let index = 0; index < 5; index += 1) {
      slots.release();
      await turns(1);
    }
    expect(order).toEqual(["running", "deep 1", "deep 2", "middle", "shallow 1", "shallow 2"]);
  });

  it("go to a deeper waiter who comes right after they were given back", async () => {
    const { slots, order, take } = queue(1);
    take("running", 0);
    take("shallow", 0);
    slots.release();
    await Promise.resolve();
    take("deep", 1);
    await turns(1);
    expect(order).toEqual(["running", "deep"]);
  });

  it("cannot be tried for past those who wait", async () => {
    const { slots, take } = queue(1);
    take("running", 0);
    expect(slots.tryAcquire()).toBe(false);
    take("waiting", 0);
    slots.release();
    await turns(1);
    expect(slots.tryAcquire()).toBe(false);
    slots.release();
    expect(slots.tryAcquire()).toBe(true);
  });

  it("serve a waiter who gives its slot back at once", async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    slots.acquire(0, () => order.push("first"));
    for (const name of ["second", "third", "fourth"]) {
      slots.acquire(0, () => {
        order.push(name);
        slots.release();
      });
    }
    slots.release();
    await turns(5);
    expect(order).toEqual(["first", "second", "third", "fourth"]);
    expect(slots.used).toBe(0);
  });

  it("without a limit are never waited for", () => {
    const { order, take } = queue(Number.POSITIVE_INFINITY);
    for (let index = 0; index < 5000; index += 1) take(`${index}`, 0);
    expect(order).toHaveLength(5000);
  });

  it("serve many thousand waiters in order", async () => {
    const { slots, order, take } = queue(1);
    for (let index = 0; index < 5000; index += 1) take(`${index}`, 0);
    for (let index = 0; index < 5000; index += 1) {
      slots.release();
      await turns(1);
    }
    expect(order).toEqual(Array.from({ length: 5000 }, (_, index) => `${index}`));
    expect(slots.used).toBe(0);
  });
});
