import type { Event } from "@sluice/protocol";
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { LocalEventFeed } from "../../src/event-feed.ts";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";

function openApi() {
  const told: Event[] = [];
  const feed = new LocalEventFeed((error) => {
    throw error;
  });
  feed.subscribe((events) => void told.push(...events));
  const api = new LocalApi({ store: new MemoryStore(), feed });
  return { api, told };
}

it("tells every state of a flow run, with what it is related to and what it follows", async () => {
  const { api, told } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id, name: "calm-otter", tags: ["db"] });
  const result = await api.flowRuns.setState(run.id, { state: { type: "RUNNING", message: "Go" } });
  expect(told.map(({ event }) => event)).toEqual([
    "prefect.flow.created",
    "prefect.flow-run.Pending",
    "prefect.flow-run.Running",
  ]);
  expect(told[1]).toMatchObject({ id: run.state_id, follows: null, payload: { initial_state: null } });
  expect(told[2]).toMatchObject({
    id: result.state?.id,
    occurred: result.state?.timestamp,
    follows: run.state_id,
    resource: {
      "prefect.resource.id": `prefect.flow-run.${run.id}`,
      "prefect.resource.name": "calm-otter",
      "prefect.run-count": "1",
      "prefect.state-message": "Go",
      "prefect.state-name": "Running",
      "prefect.state-type": "RUNNING",
    },
    related: [
      {
        "prefect.resource.id": `prefect.flow.${flow.id}`,
        "prefect.resource.role": "flow",
        "prefect.resource.name": "etl",
      },
      { "prefect.resource.id": "prefect.tag.db", "prefect.resource.role": "tag" },
    ],
    payload: {
      intended: { from: "PENDING", to: "RUNNING" },
      initial_state: { type: "PENDING", name: "Pending" },
      validated_state: { type: "RUNNING", name: "Running", message: "Go" },
    },
  });
  expect(told[2]?.resource).not.toHaveProperty("prefect.orchestration");
});

it("keeps what it tells", async () => {
  const { api, told } = openApi();
  await api.flows.create({ name: "etl" });
  const { events } = await api.events.filter({});
  expect(events).toEqual(told);
});

it("tells nothing of what was refused", async () => {
  const { api, told } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id });
  told.length = 0;
  const result = await api.flowRuns.setState(run.id, { state: { type: "PENDING" } });
  expect(result.status).toBe("ABORT");
  await expect(api.flowRuns.setState(newId(), { state: { type: "RUNNING" } })).rejects.toThrow();
  expect(told).toEqual([]);
});

it("tells the states of task runs that the server puts them into, but for those engines tell", async () => {
  const { api, told } = openApi();
  const flow = await api.flows.create({ name: "parent" });
  const parent = await api.flowRuns.create({ flow_id: flow.id });
  const standIn = await api.taskRuns.create({ flow_run_id: parent.id, task_key: "sub", dynamic_key: "0" });
  told.length = 0;
  await api.flowRuns.create({ flow_id: flow.id, parent_task_run_id: standIn.id, state: { type: "RUNNING" } });
  expect(told.map(({ event }) => event)).toEqual(["prefect.flow-run.Running", "prefect.task-run.Running"]);
  expect(told[1]?.resource).toMatchObject({
    "prefect.resource.id": `prefect.task-run.${standIn.id}`,
    "prefect.orchestration": "server",
  });
});

it("tells how a run was paused", async () => {
  const { api, told } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  await api.flowRuns.setState(run.id, { state: { type: "PAUSED" } });
  expect(told.at(-1)?.payload).toMatchObject({ validated_state: { pause_reschedule: "false" } });
});

it("keeps heartbeats with an owner as leases, and others as events", async () => {
  const { api, told } = openApi();
  const flow = await api.flows.create({ name: "etl" });
  const run = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  told.length = 0;
  const beat = {
    occurred: new Date().toISOString(),
    event: "prefect.flow-run.heartbeat",
    resource: { "prefect.resource.id": `prefect.flow-run.${run.id}` },
  };
  const owner = { host: "h", pid: 1, process_started_at: 1 };
  await api.events.create([
    { ...beat, id: newId(), payload: { owner, lease_seconds: 30 } },
    { ...beat, id: newId() },
  ]);
  expect(told.map(({ payload }) => payload)).toEqual([{}]);
  expect(await api.context.store.flowRuns.listLeased()).toMatchObject([{ id: run.id, owner }]);
});
