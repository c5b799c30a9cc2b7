import { describe, expect, it } from "vitest";
import { HeldSlot } from "../../src/runtime/held-slot.ts";
import { Slots } from "../../src/task-runners/slots.ts";
import { deferred, turns } from "../engine-fixture.ts";

function held(limit = 1): { slots: Slots; slot: HeldSlot } {
  const slots = new Slots(limit);
  slots.acquire(0, () => undefined);
  return { slots, slot: new HeldSlot(slots, 0) };
}

describe("a held slot", () => {
  it("is free while its task waits, and taken again before it goes on", async () => {
    const { slots, slot } = held();
    const done = deferred<string>();
    const waiting = slot.lendWhile(done.promise);
    expect(slots.used).toBe(0);
    done.resolve("value");
    expect(await waiting).toBe("value");
    expect(slots.used).toBe(1);
    slot.release();
    expect(slots.used).toBe(0);
  });

  it("keeps its task waiting until another one gives its slot back", async () => {
    const { slots, slot } = held();
    const done = deferred();
    let wentOn = false;
    const waiting = slot.lendWhile(done.promise).then(() => {
      wentOn = true;
    });
    slots.acquire(0, () => undefined);
    done.resolve();
    await turns();
    expect(wentOn).toBe(false);
    slots.release();
    await waiting;
    expect(slots.used).toBe(1);
  });

  it("is lent once for several waits at a time", async () => {
    const { slots, slot } = held(2);
    const first = deferred();
    const second = deferred();
    const waits = [slot.lendWhile(first.promise), slot.lendWhile(second.promise)];
    expect(slots.used).toBe(0);
    first.resolve();
    await waits[0];
    expect(slots.used).toBe(0);
    second.resolve();
    await waits[1];
    expect(slots.used).toBe(1);
  });

  it("goes back after a wait that rejects", async () => {
    const { slots, slot } = held();
    await expect(slot.lendWhile(Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(slots.used).toBe(1);
  });

  it("that is not yet taken again is not given back twice when another branch waits", async () => {
    const { slots, slot } = held();
    const first = deferred();
    const second = deferred();
    const one = slot.lendWhile(first.promise);
    slots.acquire(0, () => undefined);
    first.resolve();
    await turns();
    const two = slot.lendWhile(second.promise);
    expect(slots.used).toBe(1);
    slots.release();
    await one;
    expect(slots.used).toBe(0);
    second.resolve();
    await two;
    expect(slots.used).toBe(1);
    slot.release();
    expect(slots.used).toBe(0);
  });

  it("that is not yet taken again is not given back when its task ends", async () => {
    const { slots, slot } = held();
    const first = deferred();
    const waiting = slot.lendWhile(first.promise);
    slots.acquire(0, () => undefined);
    first.resolve();
    await turns();
    slot.release();
    slot.release();
    expect(slots.used).toBe(1);
    slots.release();
    await waiting;
    expect(slots.used).toBe(0);
  });

  it("of a task that has ended only waits along", async () => {
    const { slots, slot } = held();
    slot.release();
    expect(await slot.lendWhile(Promise.resolve(3))).toBe(3);
    expect(slots.used).toBe(0);
  });

  it("lent while its task ends stays with the others", async () => {
    const { slots, slot } = held();
    const done = deferred();
    const waiting = slot.lendWhile(done.promise);
    slot.release();
    expect(slots.used).toBe(0);
    done.resolve();
    await waiting;
    expect(slots.used).toBe(0);
  });
});
