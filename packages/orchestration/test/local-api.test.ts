import { newId, type OrchestrationApi } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { LocalApi } from "../src/local-api.ts";
import { MemoryStore } from "../src/memory-store.ts";
import { orchestrationApiSuite } from "../src/testing/index.ts";

orchestrationApiSuite({
  name: "in process, memory",
  create: async () => new LocalApi({ store: new MemoryStore() }),
});

const START = Date.parse("2026-03-04T05:06:07.123Z");

/** An API on a clock that stands still until it is moved. */
function openWithClock(): { api: LocalApi; store: MemoryStore; advance: (seconds: number) => void } {
  let now = START;
  const store = new MemoryStore();
  return {
    store,
    api: new LocalApi({ store, clock: () => new Date(now) }),
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}

async function createRun(api: OrchestrationApi, members: object = {}): Promise<string> {
  const flow = await api.flows.create({ name: "etl" });
  return (await api.flowRuns.create({ flow_id: flow.id, ...members })).id;
}

describe("an API in process", () => {
  it("takes time and ids from where it is told", async () => {
    let count = 0;
    const makeId = () => {
      count += 1;
      return `00000000-0000-7000-8000-${String(count).padStart(12, "0")}`;
    };
    const api = new LocalApi({ store: new MemoryStore(), clock: () => new Date(START), newId: makeId });
    const flow = await api.flows.create({ name: "etl" });
    const run = await api.flowRuns.create({ flow_id: flow.id });
    const ids = [flow.id, run.id, run.state_id].map((id) => id?.slice(-1));
    expect(ids).toEqual(["1", "2", "3"]);
    expect(run).toMatchObject({ created: "2026-03-04T05:06:07.123000Z", updated: run.created });
    expect(run.state?.timestamp).toBe(run.created);
  });

  it("keeps states apart by a microsecond while the clock stands still", async () => {
    const { api } = openWithClock();
    const id = await createRun(api);
    for (const type of ["RUNNING", "COMPLETED"] as const)
      await api.flowRuns.setState(id, { state: { type } });
    expect((await api.flowRuns.states(id)).map((state) => state.timestamp)).toEqual([
      "2026-03-04T05:06:07.123000Z",
      "2026-03-04T05:06:07.123001Z",
      "2026-03-04T05:06:07.123002Z",
    ]);
    expect((await api.flowRuns.get(id)).total_run_time).toBe(0.000001);
  });

  it("adds up the time that a run was running", async () => {
    const { api, advance } = openWithClock();
    const id = await createRun(api, { empirical_policy: { retries: 1, retry_delay: 60 } });
    advance(2);
    await api.flowRuns.setState(id, { state: { type: "RUNNING" } });
    advance(3);
    expect(await api.flowRuns.get(id)).toMatchObject({
      estimated_run_time: 3,
      total_run_time: 0,
      estimated_start_time_delta: 2,
    });
    await api.flowRuns.setState(id, { state: { type: "FAILED" } });
    advance(59);
    const early = await api.flowRuns.setState(id, { state: { type: "RUNNING" } });
    expect(early).toMatchObject({ status: "WAIT", details: { delay_seconds: 1 } });
    advance(1);
    expect(await api.flowRuns.setState(id, { state: { type: "RUNNING" } })).toMatchObject({
      status: "ACCEPT",
    });
    advance(4);
    await api.flowRuns.setState(id, { state: { type: "COMPLETED" } });
    advance(100);
    const run = await api.flowRuns.get(id);
    expect(run).toMatchObject({
      total_run_time: 7,
      estimated_run_time: 7,
      estimated_start_time_delta: 2,
      run_count: 2,
    });
    expect(await api.flowRuns.filter({})).toEqual([run]);
  });

  it("writes nothing for a call that is aborted while it waits for another", async () => {
    const { api, store } = openWithClock();
    const id = await createRun(api);
    const controller = new AbortController();
    const blocker = store.transaction(() => new Promise<void>((resolve) => setImmediate(resolve)));
    const proposal = api.flowRuns.setState(id, { state: { type: "RUNNING" } }, { signal: controller.signal });
    const reason = new RangeError("not wanted");
    controller.abort(reason);
    await expect(proposal).rejects.toBe(reason);
    await blocker;
    expect(await api.flowRuns.states(id)).toHaveLength(1);
  });

  it("refuses values that JSON cannot carry", async () => {
    const { api } = openWithClock();
    const refused = { code: "INVALID_REQUEST" };
    const id = await createRun(api);
    await expect(createRun(api, { parameters: { n: 1n } })).rejects.toMatchObject(refused);
    await expect(api.flowRuns.update(id, { parameters: { n: 1n } })).rejects.toMatchObject(refused);
    const state = { type: "COMPLETED", data: { n: 1n } } as const;
    await expect(api.flowRuns.setState(id, { state })).rejects.toMatchObject(refused);
    expect((await api.flowRuns.get(id)).state_type).toBe("PENDING");
  });

  it("knows no work pools and queues", async () => {
    const { api } = openWithClock();
    const missing = { code: "OBJECT_NOT_FOUND" };
    await expect(createRun(api, { work_pool_name: "k8s" })).rejects.toMatchObject(missing);
    await expect(createRun(api, { work_queue_name: "default" })).rejects.toMatchObject(missing);
  });

  it("lets a scheduled run of a deployment have other job variables", async () => {
    const { api } = openWithClock();
    const id = await createRun(api, { deployment_id: newId(), state: { type: "SCHEDULED" } });
    await api.flowRuns.update(id, { job_variables: { image: "x" } });
    expect((await api.flowRuns.get(id)).job_variables).toEqual({ image: "x" });
    await api.flowRuns.setState(id, { state: { type: "PENDING" } });
    await expect(api.flowRuns.update(id, { job_variables: {} })).rejects.toThrow(/it is PENDING/);
  });

  it("schedules the run of a deployment again after its end", async () => {
    const { api } = openWithClock();
    const id = await createRun(api, { deployment_id: newId(), state: { type: "FAILED" } });
    const result = await api.flowRuns.setState(id, { state: { type: "SCHEDULED" } });
    expect(result).toMatchObject({ status: "ACCEPT", state: { type: "SCHEDULED" } });
    expect(await api.flowRuns.get(id)).toMatchObject({
      end_time: null,
      empirical_policy: { retry_type: "reschedule" },
    });
  });

  it("refuses work after it was closed", async () => {
    const { api } = openWithClock();
    await api.close();
    await expect(api.flows.create({ name: "etl" })).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
  });
});
