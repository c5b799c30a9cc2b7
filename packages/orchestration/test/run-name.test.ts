import { newId, randomId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { runName } from "../src/run-name.ts";

describe("a run's name", () => {
  it("is an adjective and an animal, the same for the same id", () => {
    const id = newId();
    expect(runName(id)).toMatch(/^[a-z]+-[a-z]+$/);
    expect(runName(id)).toBe(runName(id));
    expect(runName("not an id")).toMatch(/^[a-z]+-[a-z]+$/);
  });

  it.each([
    ["version 7", newId],
    ["version 4", randomId],
  ])("differs from run to run with ids of %s", (_version, makeId) => {
    const names = new Set(Array.from({ length: 200 }, () => runName(makeId())));
    expect(names.size).toBeGreaterThan(180);
  });
});
