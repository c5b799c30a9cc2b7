import { describe, expect, it } from "vitest";
import { RecentIds } from "../src/recent-ids.ts";

describe("recent ids", () => {
  it("are new once, as long as they are among the newest", () => {
    const ids = new RecentIds(3);
    expect(["a", "b", "c", "a"].map((id) => ids.add(id))).toEqual([true, true, true, false]);
    // Forgets a, then b.
    expect(["d", "a", "c", "d"].map((id) => ids.add(id))).toEqual([true, true, false, false]);
    expect(["b", "c"].map((id) => ids.add(id))).toEqual([true, true]);
  });

  it("remember no more than they may, however many come", () => {
    const ids = new RecentIds(100);
    for (let round = 0; round < 1000; round += 1) expect(ids.add(String(round))).toBe(true);
    expect(Array.from({ length: 100 }, (_, index) => ids.add(String(900 + index)))).not.toContain(true);
    expect(ids.add("899")).toBe(true);
  });
});
