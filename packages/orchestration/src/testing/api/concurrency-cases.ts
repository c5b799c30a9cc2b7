/** Cases of the API suite on concurrency limits and the leases of their slots. */
import { isSluiceError, newId, type OrchestrationApi, type SluiceError } from "@sluice/protocol";
import { describe, expect, it, vi } from "vitest";
import type { OpenApi } from "./open-api.ts";

const GONE = { code: "OBJECT_NOT_FOUND" };

/** How many slots of a limit are taken. */
export async function takenOf(api: OrchestrationApi, name: string): Promise<number> {
  return (await api.concurrencyLimits.get(name)).active_slots;
}

/** The error that a call is refused with because slots are taken; others are thrown. */
async function refusal(call: Promise<unknown>): Promise<SluiceError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (isSluiceError(error, "SLOTS_TAKEN")) return error;
    throw error;
  }
}

export function concurrencyCases(open: OpenApi): void {
  describe("limits", () => limitCases(open));
  describe("slots", () => slotCases(open));
  describe("leases", () => leaseCases(open));
  describe("at once", () => raceCases(open));
}

function limitCases(open: OpenApi): void {
  it("are made, read by id or name, changed, listed by name and deleted", async () => {
    const api = await open();
    const limit = await api.concurrencyLimits.create({ name: "database", limit: 3 });
    expect(limit).toMatchObject({
      active: true,
      active_slots: 0,
      denied_slots: 0,
      slot_decay_per_second: 0,
      avg_slot_occupancy_seconds: 2,
    });
    const { denied_slots: _denied, avg_slot_occupancy_seconds: _average, ...read } = limit;
    expect(await api.concurrencyLimits.get(limit.id)).toEqual(read);
    expect(await api.concurrencyLimits.get("database")).toEqual(read);
    await api.concurrencyLimits.create({ name: "api", limit: 1, active: false });
    await api.concurrencyLimits.update("database", { limit: 5, active_slots: 2 });
    await api.concurrencyLimits.update(limit.id, { active: false });
    expect(await api.concurrencyLimits.get("database")).toMatchObject({
      limit: 5,
      active_slots: 2,
      active: false,
    });
    const names = (await api.concurrencyLimits.filter({})).map(({ name }) => name);
    expect(names).toEqual(["api", "database"]);
    expect(await api.concurrencyLimits.filter({ limit: 1, offset: 1 })).toMatchObject([{ name: "database" }]);
    await api.concurrencyLimits.delete("database");
    await expect(api.concurrencyLimits.get(limit.id)).rejects.toMatchObject(GONE);
  });

  it("have names of their own", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "a", limit: 1 });
    await api.concurrencyLimits.create({ name: "b", limit: 1 });
    await expect(api.concurrencyLimits.create({ name: "a", limit: 2 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(api.concurrencyLimits.update("b", { name: "a" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("that are not there cannot be read, changed or deleted", async () => {
    const api = await open();
    for (const key of ["nobody", newId()]) {
      await expect(api.concurrencyLimits.get(key)).rejects.toMatchObject(GONE);
      await expect(api.concurrencyLimits.update(key, { limit: 1 })).rejects.toMatchObject(GONE);
      await expect(api.concurrencyLimits.delete(key)).rejects.toMatchObject(GONE);
    }
  });
}

function slotCases(open: OpenApi): void {
  it("are taken and given back", async () => {
    const api = await open();
    const { id } = await api.concurrencyLimits.create({ name: "database", limit: 3 });
    const reference = { id, name: "database", limit: 3 };
    const names = ["database", "no limit has this name"];
    expect(await api.concurrencyLimits.increment({ names, slots: 2 })).toEqual([reference]);
    expect(await takenOf(api, "database")).toBe(2);
    const returned = await api.concurrencyLimits.decrement({ names, slots: 1, occupancy_seconds: 3 });
    expect(returned).toEqual([reference]);
    expect(await takenOf(api, "database")).toBe(1);
    await api.concurrencyLimits.decrement({ names, slots: 5 });
    expect(await takenOf(api, "database")).toBe(0);
    expect(await api.concurrencyLimits.decrement({ names: ["nobody"], slots: 1 })).toEqual([]);
  });

  it("are taken of all the limits named, or of none", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "wide", limit: 5 });
    await api.concurrencyLimits.create({ name: "narrow", limit: 1 });
    await api.concurrencyLimits.increment({ names: ["wide", "narrow"], slots: 1 });
    const refused = await refusal(api.concurrencyLimits.increment({ names: ["narrow", "wide"], slots: 1 }));
    expect(refused).toMatchObject({ code: "SLOTS_TAKEN" });
    expect(refused?.details["retryAfterSeconds"]).toBeGreaterThan(0);
    expect(await takenOf(api, "wide")).toBe(1);
  });

  it("are not counted by limits that are not active, which are named all the same", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "idle", limit: 1, active: false });
    for (let index = 0; index < 3; index += 1) {
      const limits = await api.concurrencyLimits.increment({ names: ["idle"], slots: 1 });
      expect(limits).toMatchObject([{ name: "idle" }]);
    }
    expect(await takenOf(api, "idle")).toBe(0);
  });

  it("are refused for good where the limit never has as many, or no rate", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 2 });
    const tooMany = { names: ["database"], slots: 3 };
    await expect(api.concurrencyLimits.increment(tooMany)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    const rate = { names: ["database"], slots: 1, mode: "rate_limit" as const };
    await expect(api.concurrencyLimits.increment(rate)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("of a rate come free by themselves", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "calls", limit: 1, slot_decay_per_second: 10 });
    const request = { names: ["calls"], slots: 1, mode: "rate_limit" as const };
    await api.concurrencyLimits.increment(request);
    await vi.waitFor(() => api.concurrencyLimits.increment(request), { timeout: 5000, interval: 20 });
    await vi.waitFor(async () => expect(await takenOf(api, "calls")).toBe(0), {
      timeout: 5000,
      interval: 20,
    });
  });

  it("are asked for later by those who were refused more often", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 1 });
    await api.concurrencyLimits.increment({ names: ["database"], slots: 1 });
    const waits: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const refused = await refusal(api.concurrencyLimits.increment({ names: ["database"], slots: 1 }));
      waits.push(Number(refused?.details["retryAfterSeconds"]));
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(39);
    expect(waits.at(-1)).toBeGreaterThan((waits[0] ?? Number.NaN) * 2);
  });
}

function leaseCases(open: OpenApi): void {
  it("hold slots until they are given back, once", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 2 });
    await api.concurrencyLimits.create({ name: "disk", limit: 2 });
    const holder = { type: "task_run", id: newId() } as const;
    const names = ["database", "disk"];
    const lease = await api.concurrencyLimits.incrementWithLease({ names, slots: 2, holder });
    expect(lease.limits.map(({ name }) => name).toSorted()).toEqual(names);
    expect([await takenOf(api, "database"), await takenOf(api, "disk")]).toEqual([2, 2]);
    await api.concurrencyLimits.renewLease(lease.lease_id, { lease_duration: 60 });
    for (let index = 0; index < 2; index += 1) await api.concurrencyLimits.decrementWithLease(lease);
    expect([await takenOf(api, "database"), await takenOf(api, "disk")]).toEqual([0, 0]);
    const ended = { code: "LEASE_ENDED" };
    await expect(api.concurrencyLimits.renewLease(lease.lease_id, {})).rejects.toMatchObject(ended);
  });

  it("are given where no limit has the name, and can be renewed", async () => {
    const api = await open();
    const lease = await api.concurrencyLimits.incrementWithLease({ names: ["tag:etl"], slots: 1 });
    expect(lease.limits).toEqual([]);
    await api.concurrencyLimits.renewLease(lease.lease_id, {});
    await api.concurrencyLimits.decrementWithLease(lease);
  });

  it("are not given where slots are refused", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 1 });
    const request = { names: ["database"], slots: 1 };
    const lease = await api.concurrencyLimits.incrementWithLease(request);
    expect(await refusal(api.concurrencyLimits.incrementWithLease(request))).toBeDefined();
    await api.concurrencyLimits.decrementWithLease(lease);
    expect(await takenOf(api, "database")).toBe(0);
  });

  it("go on with their other limits when one is deleted", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 2 });
    await api.concurrencyLimits.create({ name: "disk", limit: 2 });
    const both = await api.concurrencyLimits.incrementWithLease({ names: ["database", "disk"], slots: 1 });
    const one = await api.concurrencyLimits.incrementWithLease({ names: ["disk"], slots: 1 });
    await api.concurrencyLimits.delete("disk");
    await api.concurrencyLimits.decrementWithLease(both);
    expect(await takenOf(api, "database")).toBe(0);
    await expect(api.concurrencyLimits.renewLease(one.lease_id, {})).rejects.toMatchObject({
      code: "LEASE_ENDED",
    });
  });
}

function raceCases(open: OpenApi): void {
  it("as many get slots as there are, whatever the order of the limits they name", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "a", limit: 7 });
    await api.concurrencyLimits.create({ name: "b", limit: 5 });
    const attempts = Array.from({ length: 40 }, (_, index) => {
      const names = index % 2 === 0 ? ["a", "b"] : ["b", "a"];
      return refusal(api.concurrencyLimits.increment({ names, slots: 1 }));
    });
    const refused = (await Promise.all(attempts)).filter((error) => error !== undefined);
    expect(refused).toHaveLength(35);
    expect([await takenOf(api, "a"), await takenOf(api, "b")]).toEqual([5, 5]);
  });

  it("nobody gives back what somebody else holds", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "a", limit: 30 });
    await api.concurrencyLimits.create({ name: "b", limit: 30 });
    const leases = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const names = index % 2 === 0 ? ["a", "b"] : ["b", "a"];
        return api.concurrencyLimits.incrementWithLease({ names, slots: 1 });
      }),
    );
    const [kept, ...others] = leases;
    const returns = others.flatMap((lease) => [lease, lease]);
    const taking = Array.from({ length: 5 }, () =>
      api.concurrencyLimits.incrementWithLease({ names: ["b", "a"], slots: 1 }),
    );
    await Promise.all([
      ...returns.map((lease) => api.concurrencyLimits.decrementWithLease(lease)),
      ...taking,
    ]);
    expect([await takenOf(api, "a"), await takenOf(api, "b")]).toEqual([6, 6]);
    await api.concurrencyLimits.renewLease(kept?.lease_id ?? "", {});
  });
}
