import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { deleteOldHistory } from "../../src/services/delete-old-history.ts";

const NOW = "2026-11-20T12:00:00Z";

async function openHistory() {
  let now = new Date("2026-10-01T12:00:00Z");
  const api = new LocalApi({ store: new MemoryStore(), clock: () => now });
  const flow = await api.flows.create({ name: "etl" });
  const ended = await api.flowRuns.create({ flow_id: flow.id, state: { type: "COMPLETED" } });
  const running = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  const times = ["2026-10-01T12:00:00Z", "2026-11-13T11:59:00Z", "2026-11-19T00:00:00Z"];
  for (const timestamp of times) {
    await api.logs.create([{ name: "l", level: 20, message: timestamp, timestamp }]);
    const resource = { "prefect.resource.id": "r" };
    await api.events.create([{ id: newId(), occurred: timestamp, event: timestamp, resource }]);
  }
  now = new Date(NOW);
  const kept = async () => ({
    events: (await api.events.filter({})).events.length,
    logs: (await api.logs.filter({})).length,
    flowRuns: (await api.flowRuns.filter({})).map(({ id }) => id),
  });
  return { api, ended, running, kept };
}

it("forgets events and log lines that are older than they are kept", async () => {
  const { api, kept, ended, running } = await openHistory();
  const report = await deleteOldHistory(api.context, { eventDays: 7, logDays: 30, flowRunDays: null });
  expect(report).toEqual({ hasMore: false });
  expect(await kept()).toEqual({ events: 1, logs: 2, flowRuns: [running.id, ended.id] });
});

it("forgets runs that ended long ago, and none that go on", async () => {
  const { api, kept, running } = await openHistory();
  await deleteOldHistory(api.context, { eventDays: null, logDays: null, flowRunDays: 30 });
  expect(await kept()).toEqual({ events: 3, logs: 3, flowRuns: [running.id] });
});

it("says when there may be more", async () => {
  const { api } = await openHistory();
  const resource = { "prefect.resource.id": "r" };
  const events = Array.from({ length: 1500 }, () => ({
    id: newId(),
    occurred: "2026-10-01T12:00:00Z",
    event: "e",
    resource,
  }));
  await api.events.create(events);
  const options = { eventDays: 7, logDays: null, flowRunDays: null };
  expect(await deleteOldHistory(api.context, options)).toEqual({ hasMore: true });
  expect(await deleteOldHistory(api.context, options)).toEqual({ hasMore: false });
  expect((await api.events.filter({})).total).toBe(1);
});
