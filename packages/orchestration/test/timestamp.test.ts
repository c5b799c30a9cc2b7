import { describe, expect, it } from "vitest";
import {
  addSeconds,
  canonicalTimestamp,
  compareTimestamps,
  fromDate,
  fromMicroseconds,
  secondsBetween,
  toMicroseconds,
} from "../src/timestamp.ts";

describe("timestamps", () => {
  it.each([
    ["2026-03-04T05:06:07Z", "2026-03-04T05:06:07.000000Z"],
    ["2026-03-04T05:06Z", "2026-03-04T05:06:00.000000Z"],
    ["2026-03-04T05:06:07.1Z", "2026-03-04T05:06:07.100000Z"],
    ["2026-03-04T05:06:07.123Z", "2026-03-04T05:06:07.123000Z"],
    ["2026-03-04T05:06:07.000001Z", "2026-03-04T05:06:07.000001Z"],
    ["2026-03-04T05:06:07.999999Z", "2026-03-04T05:06:07.999999Z"],
    ["2026-03-04T05:06:07.1234569Z", "2026-03-04T05:06:07.123456Z"],
    ["2026-03-04T05:06:07.123456+00:00", "2026-03-04T05:06:07.123456Z"],
    ["2026-03-04T00:06:07.5-05:30", "2026-03-04T05:36:07.500000Z"],
    ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
    ["1969-12-31T23:59:59.5+00:00", "1969-12-31T23:59:59.500000Z"],
  ])("%s is %s", (timestamp, canonical) => {
    expect(canonicalTimestamp(timestamp)).toBe(canonical);
    expect(fromMicroseconds(toMicroseconds(timestamp))).toBe(canonical);
    expect(compareTimestamps(timestamp, canonical)).toBe(0);
  });

  it("are ordered by instant, however they are written", () => {
    const ordered = [
      "1969-12-31T23:59:59.999999Z",
      "2026-03-04T05:06:07Z",
      "2026-03-04T07:06:07.000001+02:00",
      "2026-03-04T05:06:07.001Z",
      "2026-03-04T05:06:07.001001Z",
      "2026-03-04T05:06:07.01Z",
    ];
    for (const [i, a] of ordered.entries()) {
      for (const [j, b] of ordered.entries()) {
        expect(Math.sign(compareTimestamps(a, b))).toBe(Math.sign(i - j));
        expect(Math.sign(compareTimestamps(canonicalTimestamp(a), canonicalTimestamp(b)))).toBe(
          Math.sign(i - j),
        );
      }
    }
  });

  it("have a distance in seconds", () => {
    expect(secondsBetween("2026-03-04T05:06:07.000001Z", "2026-03-04T05:06:08.5Z")).toBe(1.499999);
    expect(addSeconds("2026-03-04T05:06:07.999999Z", 1e-6)).toBe("2026-03-04T05:06:08.000000Z");
    expect(addSeconds("2026-03-04T05:06:07Z", -0.5)).toBe("2026-03-04T05:06:06.500000Z");
  });

  it("have a first and a last", () => {
    expect(addSeconds("2026-03-04T05:06:07Z", 1e300)).toBe("9999-12-31T23:59:59.000000Z");
    expect(addSeconds("2026-03-04T05:06:07Z", Number.NEGATIVE_INFINITY)).toBe("0000-01-01T00:00:00.000000Z");
  });

  it("are made of dates", () => {
    expect(fromDate(new Date("2026-03-04T05:06:07.123Z"))).toBe("2026-03-04T05:06:07.123000Z");
  });
});
