import { afterEach, describe, expect, it, vi } from "vitest";
import { newId, randomId } from "../src/uuid.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(() => void vi.useRealTimers());

describe("newId", () => {
  it("gives UUIDs of version 7 with the time of their making", () => {
    const before = Date.now();
    const id = newId();
    expect(UUID.exec(id)?.[1]).toBe("7");
    const ms = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThanOrEqual(Date.now());
  });

  it("gives ids that are all different and sort in the order they were made, also within a millisecond", () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });

  it("keeps the order when the clock is set back", () => {
    vi.useFakeTimers({ now: Date.now() + 60_000 });
    const later = newId();
    vi.setSystemTime(Date.now() - 30_000);
    expect(newId() > later).toBe(true);
  });
});

describe("randomId", () => {
  it("gives UUIDs of version 4", () => {
    expect(UUID.exec(randomId())?.[1]).toBe("4");
  });
});
