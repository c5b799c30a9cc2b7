import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Breather } from "../../src/runtime/breather.ts";
import { isoFromUs, systemClock, usFromIso } from "../../src/runtime/clock.ts";
import { startTimer } from "../../src/runtime/long-timer.ts";

function fakeTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

describe("the clock", () => {
  it("never gives one instant twice, and is true to the millisecond", () => {
    const clock = systemClock();
    const times = Array.from({ length: 1000 }, () => clock.nowUs());
    for (let index = 1; index < times.length; index += 1) {
      expect(times[index]).toBeGreaterThan(times[index - 1] ?? 0);
    }
    expect(Math.abs(clock.nowUs() / 1000 - Date.now())).toBeLessThan(1000);
  });

  it("sleeps, and is woken by a signal with its reason", async () => {
    fakeTimers();
    const clock = systemClock();
    let isAwake = false;
    const sleeping = clock.sleep(1000).then(() => {
      isAwake = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
    const controller = new AbortController();
    const woken = clock.sleep(1000, controller.signal);
    controller.abort(new Error("up"));
    await expect(woken).rejects.toThrow("up");
    await expect(clock.sleep(1000, controller.signal)).rejects.toThrow("up");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("writes and reads instants with six decimals", () => {
    const us = Date.parse("2026-02-03T04:05:06.789Z") * 1000 + 12;
    expect(isoFromUs(us)).toBe("2026-02-03T04:05:06.789012Z");
    expect(usFromIso("2026-02-03T04:05:06.789012Z")).toBe(us);
    expect(usFromIso("2026-02-03T04:05:06Z")).toBe(us - 789_012);
    expect(usFromIso("2026-02-03T05:05:06.5+01:00")).toBe(us - 289_012);
    expect(isoFromUs(usFromIso("1969-12-31T23:59:59.000001Z"))).toBe("1969-12-31T23:59:59.000001Z");
  });
});

describe("a timer", () => {
  it("of more than 24 days fires when they are over, not at once", async () => {
    fakeTimers();
    let calls = 0;
    const days = 86_400_000;
    startTimer(() => {
      calls += 1;
    }, 60 * days);
    await vi.advanceTimersByTimeAsync(59 * days);
    expect(calls).toBe(0);
    await vi.advanceTimersByTimeAsync(2 * days);
    expect(calls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("of infinite length never fires and can be cleared, as can any other", async () => {
    fakeTimers();
    let calls = 0;
    const count = (): void => {
      calls += 1;
    };
    const clear = [
      startTimer(count, Number.POSITIVE_INFINITY),
      startTimer(count, 10),
      startTimer(count, 3e9),
    ];
    for (const each of clear) each();
    await vi.advanceTimersByTimeAsync(4e9);
    expect([calls, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("the breather", () => {
  it("lets the event loop turn every so many runs, and no more often", async () => {
    const breather = new Breather();
    const pauses = Array.from({ length: 128 }, () => breather.tick());
    expect(pauses.filter((pause) => pause !== undefined)).toHaveLength(1);
    let hasTurned = false;
    setImmediate(() => {
      hasTurned = true;
    });
    await breather.tick();
    await pauses.at(-1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasTurned).toBe(true);
    expect(breather.tick()).toBeUndefined();
  });
});
