import { describe, expect, it } from "vitest";
import { clockAndAgeText, durationText, timeText } from "../../src/output/time-text.ts";

const now = new Date("2026-11-20T15:00:00Z");

describe("an instant", () => {
  it.each([
    ["2026-11-20T14:59:59.900Z", "now"],
    ["2026-11-20T14:59:18Z", "42 s ago"],
    ["2026-11-20T14:01:00Z", "59 min ago"],
    ["2026-11-20T04:00:00Z", "11 h ago"],
    ["2026-11-10T15:00:00Z", "10 d ago"],
    ["2026-11-20T15:05:00Z", "in 5 min"],
    [null, ""],
  ])("%s is %j for people", (instant, text) => {
    expect(timeText(instant, { now, isTerminal: true })).toBe(text);
  });

  it("stays as it is in a pipe", () => {
    const instant = "2026-11-20T14:59:18.000Z";
    expect(timeText(instant, { now, isTerminal: false })).toBe(instant);
    expect(clockAndAgeText(instant, { now, isTerminal: false })).toBe(instant);
  });

  it("is shown with the local clock and its age", () => {
    const local = new Date(2026, 10, 20, 9, 5, 7);
    const format = { now: new Date(local.getTime() + 60_000), isTerminal: true };
    expect(clockAndAgeText(local.toISOString(), format)).toBe("2026-11-20 09:05:07 (1 min ago)");
    expect(clockAndAgeText(null, format)).toBe("");
  });
});

describe("a duration", () => {
  it.each([
    [0, "0 ms"],
    [0.0124, "12 ms"],
    [4.29, "4.2 s"],
    [59.99, "59.9 s"],
    [72.5, "1 min 12 s"],
    [7500, "2 h 5 min"],
  ])("of %s seconds is %j", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
