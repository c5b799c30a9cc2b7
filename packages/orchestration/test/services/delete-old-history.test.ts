import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { LocalEventFeed } from "../../src/event-feed.ts";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { deleteOldHistory, type RetentionOptions } from "../../src/services/delete-old-history.ts";

const NOW = "2026-11-20T12:00:00Z";

const FOR_EVER: RetentionOptions = {
  eventDays: null,
  eventDaysByName: {},
  logDays: null,
  flowRunDays: null,
};

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
  const report = await deleteOldHistory(api.context, { ...FOR_EVER, eventDays: 7, logDays: 30 });
  expect(report).toEqual({ hasMore: false });
  expect(await kept()).toEqual({ events: 1, logs: 2, flowRuns: [running.id, ended.id] });
});

it("forgets runs that ended long ago, and none that go on", async () => {
  const { api, kept, running } = await openHistory();
  await deleteOldHistory(api.context, { ...FOR_EVER, flowRunDays: 30 });
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
  const options = { ...FOR_EVER, eventDays: 7 };
  let steps = 1;
  while ((await deleteOldHistory(api.context, options)).hasMore) steps += 1;
  expect(steps).toBeGreaterThan(1);
  expect((await api.events.filter({})).total).toBe(1);
});

it("keeps events by what their name begins with, the longest beginning first", async () => {
  let now = new Date("2026-11-01T12:00:00Z");
  const api = new LocalApi({ store: new MemoryStore(), clock: () => now });
  const names = ["a.b", "a.beat", "a.beating", "b.beat", "c"];
  const event = { occurred: now.toISOString(), resource: { "prefect.resource.id": "r" } };
  await api.events.create(names.map((name) => ({ ...event, id: newId(), event: name })));
  const kept = async (days: number) => {
    now = new Date(Date.parse(event.occurred) + days * 86_400_000);
    const eventDaysByName = { "a.": 20, "a.beat": 2, "a.beating": null, c: 1 };
    await deleteOldHistory(api.context, { ...FOR_EVER, eventDays: 10, eventDaysByName });
    return (await api.events.filter({})).events.map((found) => found.event).toSorted();
  };
  expect(await kept(0)).toEqual(names);
  expect(await kept(3)).toEqual(["a.b", "a.beating", "b.beat"]);
  expect(await kept(11)).toEqual(["a.b", "a.beating"]);
  expect(await kept(400)).toEqual(["a.beating"]);
});

it("tells of each run that it forgets", async () => {
  let now = new Date("2026-10-01T12:00:00Z");
  const feed = new LocalEventFeed((error) => expect.fail(String(error)));
  const api = new LocalApi({ store: new MemoryStore(), feed, clock: () => now });
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id, state: { type: "COMPLETED" } });
  now = new Date(NOW);
  await deleteOldHistory(api.context, { ...FOR_EVER, flowRunDays: 30 });
  const { events } = await api.events.filter({ filter: { event: { name: ["prefect.flow-run.deleted"] } } });
  expect(events.map(({ resource }) => resource["prefect.resource.id"])).toEqual([
    `prefect.flow-run.${run.id}`,
  ]);
});
