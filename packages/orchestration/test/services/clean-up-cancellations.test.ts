import { expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { cleanUpCancellations } from "../../src/services/clean-up-cancellations.ts";

function openApi() {
  const clock = { now: new Date("2026-11-20T12:00:00Z") };
  const api = new LocalApi({ store: new MemoryStore(), clock: () => clock.now });
  return { api, clock };
}

it("ends runs that nobody ended within five minutes of their cancellation", async () => {
  const { api, clock } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  await api.flowRuns.setState(run.id, { state: { type: "CANCELLING" }, force: true });
  clock.now = new Date("2026-11-20T12:04:59Z");
  expect(await cleanUpCancellations(api.context)).toEqual([]);
  clock.now = new Date("2026-11-20T12:05:01Z");
  expect(await cleanUpCancellations(api.context)).toEqual([run.id]);
  expect(await api.flowRuns.get(run.id)).toMatchObject({ state_type: "CANCELLED" });
});

it("ends what is left of cancelled runs, once their process had time to report", async () => {
  const { api, clock } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const parent = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  const task = (key: string) =>
    api.taskRuns.create({
      flow_run_id: parent.id,
      task_key: key,
      dynamic_key: "0",
      state: { type: "RUNNING" },
    });
  const unfinished = await task("a");
  const standIn = await task("b");
  const subflow = await api.flowRuns.create({
    flow_id: flow.id,
    parent_task_run_id: standIn.id,
    state: { type: "RUNNING" },
  });
  await api.flowRuns.setState(parent.id, { state: { type: "CANCELLED" }, force: true });
  expect(await cleanUpCancellations(api.context)).toEqual([]);
  clock.now = new Date("2026-11-20T12:00:11Z");
  expect(await cleanUpCancellations(api.context)).toEqual([parent.id]);
  for (const { id } of [unfinished, standIn]) {
    expect(await api.taskRuns.get(id)).toMatchObject({ state_type: "CANCELLED" });
  }
  expect(await api.flowRuns.get(subflow.id)).toMatchObject({ state_type: "CANCELLED" });
  expect(await cleanUpCancellations(api.context)).toEqual([]);
});
