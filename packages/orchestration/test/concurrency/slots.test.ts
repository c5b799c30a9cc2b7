import { type ConcurrencyLimit, newId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import {
  deniedSlots,
  freeSlots,
  returnedSlots,
  settle,
  takenSlots,
  waitSeconds,
} from "../../src/concurrency/slots.ts";
import { addSeconds } from "../../src/timestamp.ts";

const START = "2026-03-04T05:06:07.123457Z";

function limit(members: Partial<ConcurrencyLimit> = {}): ConcurrencyLimit {
  return {
    id: newId(),
    created: START,
    updated: START,
    active: true,
    name: "database",
    limit: 4,
    active_slots: 0,
    denied_slots: 0,
    slot_decay_per_second: 0,
    avg_slot_occupancy_seconds: 2,
    ...members,
  };
}

function at(seconds: number): string {
  return addSeconds(START, seconds);
}

describe("the books of a concurrency limit", () => {
  it("are right at rates beyond measure", () => {
    const fast = limit({ active_slots: 3, slot_decay_per_second: Number.MAX_VALUE });
    expect(settle(fast, at(1000))).toMatchObject({ active_slots: 0, updated: at(1000) });
    const slow = limit({ active_slots: 3, slot_decay_per_second: Number.MIN_VALUE });
    expect(settle(slow, at(1000))).toMatchObject({ active_slots: 3, updated: START });
  });

  it("count what is taken and given back, never below nothing", () => {
    const taken = { ...limit(), ...takenSlots(limit(), 3, at(1)) };
    expect(taken).toMatchObject({ active_slots: 3, updated: at(1) });
    expect(freeSlots(taken, at(100))).toBe(1);
    expect(returnedSlots(taken, 2, undefined, at(2)).active_slots).toBe(1);
    expect(returnedSlots(taken, 9, undefined, at(2)).active_slots).toBe(0);
  });

  it("let whole slots of a rate come free with time", () => {
    const rate = limit({ active_slots: 4, slot_decay_per_second: 0.5 });
    expect([0, 1.9, 2, 5, 100].map((seconds) => settle(rate, at(seconds)).active_slots)).toEqual([
      4, 4, 3, 2, 0,
    ]);
  });

  it("let a rate decay as fast however often it is asked", () => {
    let rate = limit({ active_slots: 4, slot_decay_per_second: 0.5 });
    for (let second = 1; second <= 4; second += 1) rate = { ...rate, ...deniedSlots(rate, 1, at(second)) };
    expect(rate.active_slots).toBe(2);
  });

  it("do not go back with a clock that does", () => {
    const rate = limit({ active_slots: 4, slot_decay_per_second: 1 });
    expect(settle(rate, at(-10))).toMatchObject({ active_slots: 4 });
  });

  it("average how long a slot is held over twice as many slots as there are", () => {
    const average = returnedSlots(limit({ active_slots: 2 }), 2, 20, at(20)).avg_slot_occupancy_seconds;
    expect(average).toBeCloseTo(2 + (10 - 2) / 8, 9);
    const short = returnedSlots(limit({ active_slots: 1 }), 1, 0.001, at(1)).avg_slot_occupancy_seconds;
    expect(short).toBeCloseTo(2 + (0.1 - 2) / 8, 9);
  });

  it("forget those who were refused as slots come free", () => {
    const wanted = { ...limit(), ...deniedSlots(limit({ active_slots: 4 }), 3, at(0)) };
    expect(settle(wanted, at(4)).denied_slots).toBe(1);
  });
});

describe("how long those wait who were refused", () => {
  it("depends on the limit that is hardest to get, and differs", () => {
    const easy = limit({ limit: 100 });
    const hard = limit({ limit: 1, denied_slots: 3, avg_slot_occupancy_seconds: 5 });
    expect(waitSeconds([easy, hard], 1, 0.5)).toBeCloseTo(20, 9);
    expect(waitSeconds([easy, hard], 1, 0)).toBeCloseTo(14, 9);
    expect(waitSeconds([easy, hard], 1, 1)).toBeCloseTo(26, 9);
  });

  it("has an end, a nearer one for tags", () => {
    const busy = { limit: 1, denied_slots: 1000, avg_slot_occupancy_seconds: 3600 };
    expect(waitSeconds([limit(busy)], 1, 0.5)).toBeCloseTo(30, 9);
    expect(waitSeconds([limit({ ...busy, name: "tag:database" })], 1, 0.5)).toBeCloseTo(10, 9);
  });

  it("is what a rate takes to let so many through", () => {
    expect(waitSeconds([limit({ slot_decay_per_second: 2, denied_slots: 3 })], 1, 0.5)).toBeCloseTo(2, 9);
  });

  it("is never nothing", () => {
    expect(waitSeconds([limit({ limit: 1000, avg_slot_occupancy_seconds: 0 })], 1, 0)).toBeGreaterThan(0.05);
  });
});
