import { expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { expirePauses } from "../../src/services/expire-pauses.ts";

it("fails the runs whose pause timed out, and no others", async () => {
  let now = new Date("2026-11-20T12:00:00Z");
  const api = new LocalApi({ store: new MemoryStore(), clock: () => now });
  const flow = await api.flows.create({ name: "etl" });
  const paused = async (timeout: string | null) => {
    const run = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
    await api.flowRuns.setState(run.id, {
      state: { type: "PAUSED", state_details: { pause_timeout: timeout } },
    });
    return run.id;
  };
  const soon = await paused("2026-11-20T12:05:00Z");
  const later = await paused("2026-11-20T13:00:00Z");
  const forever = await paused(null);
  const resumed = await paused("2026-11-20T12:05:00Z");
  await api.flowRuns.setState(resumed, { state: { type: "RUNNING" }, force: true });
  now = new Date("2026-11-20T12:04:59Z");
  expect(await expirePauses(api.context)).toBe(0);
  now = new Date("2026-11-20T12:05:00Z");
  expect(await expirePauses(api.context)).toBe(1);
  expect(await expirePauses(api.context)).toBe(0);
  expect(await api.flowRuns.get(soon)).toMatchObject({
    state: { type: "FAILED", message: expect.stringContaining("timed out") },
  });
  for (const id of [later, forever])
    expect(await api.flowRuns.get(id)).toMatchObject({ state_type: "PAUSED" });
});

it("finds all of many", async () => {
  let now = new Date("2026-11-20T12:00:00Z");
  const api = new LocalApi({ store: new MemoryStore(), clock: () => now });
  const flow = await api.flows.create({ name: "etl" });
  const state = { type: "PAUSED", state_details: { pause_timeout: "2026-11-20T12:00:01Z" } } as const;
  for (let index = 0; index < 450; index += 1) await api.flowRuns.create({ flow_id: flow.id, state });
  now = new Date("2026-11-20T12:01:00Z");
  expect(await expirePauses(api.context)).toBe(450);
});
