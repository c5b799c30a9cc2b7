import { describe, expect, it } from "vitest";
import { isDuration, secondsOf } from "../../src/tasks/duration.ts";

describe("a duration", () => {
  it("is the sum of its members", () => {
    expect(secondsOf({ days: 1, hours: 2, minutes: 3, seconds: 4.5 })).toBe(93_784.5);
    expect(secondsOf({ minutes: 1.5 })).toBe(90);
    expect(secondsOf({})).toBe(0);
    expect(secondsOf({ hours: 1, minutes: undefined })).toBe(3600);
  });

  it("has no other members, and each is a number of at least 0", () => {
    for (const wrong of [{ weeks: 1 }, { hours: -1 }, { hours: "1" }, { minutes: Number.NaN }, {}, null, 5]) {
      expect(isDuration(wrong)).toBe(false);
    }
    expect(isDuration({ hours: 1, minutes: undefined })).toBe(true);
  });
});
