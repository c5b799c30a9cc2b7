import { describe, expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { markLateRuns } from "../../src/services/mark-late-runs.ts";

describe("the watch for late runs", () => {
  it("marks scheduled runs that nobody began within 15 seconds, once, and no others", async () => {
    let now = new Date("2026-11-20T12:00:00Z");
    const api = new LocalApi({ store: new MemoryStore(), clock: () => now });
    const flow = await api.flows.create({ name: "etl" });
    const scheduled = {
      type: "SCHEDULED",
      state_details: { scheduled_time: "2026-11-20T12:00:00Z" },
    } as const;
    const overdue = await api.flowRuns.create({ flow_id: flow.id, state: scheduled });
    const begun = await api.flowRuns.create({ flow_id: flow.id, state: scheduled });
    const retrying = await api.flowRuns.create({
      flow_id: flow.id,
      state: { ...scheduled, name: "AwaitingRetry" },
    });
    await api.flowRuns.setState(begun.id, { state: { type: "PENDING" } });
    now = new Date("2026-11-20T12:00:14Z");
    expect(await markLateRuns(api.context)).toEqual({ marked: 0, hasMore: false });
    now = new Date("2026-11-20T12:00:15Z");
    expect(await markLateRuns(api.context)).toEqual({ marked: 1, hasMore: false });
    expect(await markLateRuns(api.context)).toEqual({ marked: 0, hasMore: false });
    expect(await api.flowRuns.get(overdue.id)).toMatchObject({
      state: {
        type: "SCHEDULED",
        name: "Late",
        state_details: { scheduled_time: "2026-11-20T12:00:00Z" },
      },
      next_scheduled_start_time: "2026-11-20T12:00:00Z",
    });
    expect(await api.flowRuns.get(begun.id)).toMatchObject({ state_name: "Pending" });
    expect(await api.flowRuns.get(retrying.id)).toMatchObject({ state_name: "AwaitingRetry" });
  });
});
