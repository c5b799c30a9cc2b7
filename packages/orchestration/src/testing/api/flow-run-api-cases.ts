/** Cases of the API suite on flow runs, except the decisions on their states. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import {
  createRun,
  engineRecord,
  engineState,
  inSeconds,
  microseconds,
  type OpenApi,
  propose,
} from "./open-api.ts";

export function flowRunApiCases(open: OpenApi): void {
  createCases(open);
  changeCases(open);
  readCases(open);
}

function createCases(open: OpenApi): void {
  it("creates a pending run with a name of its own", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "etl", labels: { team: "x" } });
    const run = await api.flowRuns.create({ flow_id: flow.id });
    expect(run).toMatchObject({
      flow_id: flow.id,
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      state_type: "PENDING",
      state_name: "Pending",
      parameters: {},
      tags: [],
      run_count: 0,
      start_time: null,
      end_time: null,
      total_run_time: 0,
      parent_task_run_id: null,
    });
    expect(run.state).toMatchObject({
      id: run.state_id,
      type: "PENDING",
      state_details: { flow_run_id: run.id },
    });
    expect(microseconds(run.expected_start_time)).toBe(microseconds(run.state?.timestamp));
    expect(run.labels).toMatchObject({ team: "x", "prefect.flow.id": flow.id });
    expect(await api.flowRuns.get(run.id)).toMatchObject({ id: run.id, state: run.state, name: run.name });
  });

  it("keeps what the client says of a run", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "etl", labels: { team: "x" } });
    const given = {
      id: newId(),
      name: "my run ü",
      flow_version: "1",
      parameters: { path: "trips.csv", nested: { list: [1, null, "ü"] } },
      context: { a: 1 },
      tags: ["b", "a"],
      idempotency_key: "k",
    };
    const empirical_policy = { retries: 2, retry_delay: [1, 10] };
    const run = await api.flowRuns.create({
      ...given,
      flow_id: flow.id,
      empirical_policy,
      labels: { team: "y" },
    });
    expect(run).toMatchObject({
      ...given,
      empirical_policy: { ...empirical_policy, pause_keys: [] },
      labels: { team: "y" },
    });
  });

  it("creates a run in any state without asking the rules", async () => {
    const api = await open();
    const failed = await createRun(api, { type: "FAILED", name: "TimedOut", message: "m", data: { a: 1 } });
    expect(failed.state).toMatchObject({ type: "FAILED", name: "TimedOut", message: "m", data: { a: 1 } });
    expect(failed).toMatchObject({ end_time: failed.state?.timestamp, start_time: failed.state?.timestamp });
    const running = await createRun(api, { type: "RUNNING" });
    expect(running).toMatchObject({ run_count: 1, start_time: running.state?.timestamp, end_time: null });
    const time = inSeconds(3600);
    const scheduled = await createRun(api, { type: "SCHEDULED", state_details: { scheduled_time: time } });
    expect(microseconds(scheduled.next_scheduled_start_time)).toBe(microseconds(time));
    expect(microseconds(scheduled.expected_start_time)).toBe(microseconds(time));
  });

  it("gives a scheduled run without a time the current one", async () => {
    const api = await open();
    const run = await createRun(api, { type: "SCHEDULED" });
    expect(microseconds(run.state?.state_details.scheduled_time)).toBe(microseconds(run.state?.timestamp));
    expect(microseconds(run.next_scheduled_start_time)).toBe(microseconds(run.state?.timestamp));
  });

  it("gives the run that has the idempotency key or the id, whatever state the request has", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "etl" });
    const first = await api.flowRuns.create({ flow_id: flow.id, idempotency_key: "k" });
    const again = await api.flowRuns.create({
      flow_id: flow.id,
      idempotency_key: "k",
      state: { type: "RUNNING" },
    });
    expect(again).toMatchObject({ id: first.id, state: first.state });
    const same = await api.flowRuns.create({ id: first.id, flow_id: flow.id, state: { type: "RUNNING" } });
    expect(same).toMatchObject({ id: first.id, state: first.state });
    expect(await api.flowRuns.states(first.id)).toHaveLength(1);
    expect(await api.flowRuns.count({})).toBe(1);
  });

  it("refuses a run of a flow, or under a task run, that does not exist", async () => {
    const api = await open();
    await expect(api.flowRuns.create({ flow_id: newId() })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(createRun(api, undefined, { parent_task_run_id: newId() })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await api.flowRuns.count({})).toBe(0);
  });
}

function changeCases(open: OpenApi): void {
  it("updates only the members present", async () => {
    const api = await open();
    const run = await createRun(api, undefined, { tags: ["x"], flow_version: "1", parameters: { a: 1 } });
    await api.flowRuns.update(run.id, { name: "renamed", flow_version: null });
    await api.flowRuns.update(run.id, { infrastructure_pid: "host:1", empirical_policy: { retries: 1 } });
    await api.flowRuns.update(run.id, {});
    const after = await api.flowRuns.get(run.id);
    expect(after).toMatchObject({ name: "renamed", flow_version: null, tags: ["x"], parameters: { a: 1 } });
    expect(after).toMatchObject({
      infrastructure_pid: "host:1",
      empirical_policy: { retries: 1, pause_keys: [] },
    });
    expect(after.state).toEqual(run.state);
  });

  it("refuses job variables for a run without a deployment", async () => {
    const api = await open();
    const run = await createRun(api);
    const update = api.flowRuns.update(run.id, { job_variables: { image: "x" }, name: "n" });
    await expect(update).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect((await api.flowRuns.get(run.id)).name).toBe(run.name);
  });

  it("deletes a run with its states, task runs and logs", async () => {
    const api = await open();
    const run = await createRun(api);
    const record = engineRecord(run.id, [engineState("RUNNING", inSeconds(0))]);
    await api.taskRuns.record([record]);
    await api.logs.create([
      { name: "l", level: 20, message: "m", timestamp: inSeconds(0), flow_run_id: run.id },
    ]);
    await api.flowRuns.delete(run.id);
    await expect(api.flowRuns.get(run.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await expect(api.taskRuns.get(record.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect(await api.logs.filter({ logs: { flow_run_id: { any_: [run.id] } } })).toEqual([]);
  });

  it("misses runs that do not exist, by id", async () => {
    const api = await open();
    const id = newId();
    const results = await Promise.allSettled([
      api.flowRuns.get(id),
      api.flowRuns.update(id, { name: "x" }),
      api.flowRuns.delete(id),
      api.flowRuns.states(id),
      api.flowRuns.setState(id, { state: { type: "RUNNING" } }),
    ]);
    for (const result of results) {
      const reason = { code: "OBJECT_NOT_FOUND", message: expect.stringContaining(id) };
      expect(result).toMatchObject({ status: "rejected", reason });
    }
  });

  it("takes heartbeats, also of runs that do not exist, and refuses a lease without length", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    const owner = { host: "h", pid: 1, process_started_at: 1 };
    await api.flowRuns.heartbeat({ flow_run_ids: [run.id, newId()], owner, lease_seconds: 30 });
    await api.flowRuns.heartbeat({ flow_run_ids: [], owner, lease_seconds: 30 });
    expect((await api.flowRuns.get(run.id)).state).toEqual(run.state);
    const empty = api.flowRuns.heartbeat({ flow_run_ids: [run.id], owner, lease_seconds: 0 });
    await expect(empty).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
}

function readCases(open: OpenApi): void {
  it("lists and counts runs by filter, sort and page", async () => {
    const api = await open();
    const a = await createRun(api, { type: "RUNNING" }, { name: "a" });
    const b = await createRun(api, { type: "FAILED" }, { name: "b" });
    const names = async (query: Parameters<typeof api.flowRuns.filter>[0]) =>
      (await api.flowRuns.filter(query)).map((run) => run.name);
    expect(await names({})).toEqual(["b", "a"]);
    expect(await names({ sort: "NAME_ASC" })).toEqual(["a", "b"]);
    expect(await names({ sort: "NAME_ASC", limit: 1, offset: 1 })).toEqual(["b"]);
    expect(await names({ limit: 0 })).toEqual([]);
    expect(await names({ flow_runs: { state: { type: { any_: ["RUNNING"] } } } })).toEqual(["a"]);
    expect(await names({ flows: { id: { any_: [b.flow_id] } } })).toEqual(["b"]);
    expect(await api.flowRuns.count({ flow_runs: { id: { any_: [a.id] } } })).toBe(1);
    expect(await api.flowRuns.count({})).toBe(2);
  });

  it.each([{ limit: 201 }, { limit: -1 }, { limit: 1.5 }, { offset: -1 }])(
    "refuses the page %j",
    async (page) => {
      const api = await open();
      const refused = { code: "INVALID_REQUEST" };
      await expect(api.flows.filter(page)).rejects.toMatchObject(refused);
      await expect(api.flowRuns.filter(page)).rejects.toMatchObject(refused);
      await expect(api.taskRuns.filter(page)).rejects.toMatchObject(refused);
      await expect(api.logs.filter(page)).rejects.toMatchObject(refused);
    },
  );

  it("estimates run time and lateness at the time of reading", async () => {
    const api = await open();
    const late = await createRun(api, {
      type: "SCHEDULED",
      state_details: { scheduled_time: inSeconds(-60) },
    });
    expect(late.estimated_start_time_delta).toBeGreaterThanOrEqual(60);
    const early = await createRun(api, {
      type: "SCHEDULED",
      state_details: { scheduled_time: inSeconds(60) },
    });
    expect(early).toMatchObject({ estimated_start_time_delta: 0, estimated_run_time: 0 });
    const result = await propose(api, late.id, { type: "RUNNING" });
    const running = await api.flowRuns.get(late.id);
    expect(running.estimated_run_time).toBeGreaterThanOrEqual(0);
    const delta = (microseconds(result.state?.timestamp) - microseconds(late.expected_start_time)) / 1e6;
    expect(running.estimated_start_time_delta).toBeCloseTo(delta, 5);
    await propose(api, late.id, { type: "COMPLETED" });
    const ended = await api.flowRuns.get(late.id);
    expect(ended.estimated_run_time).toBe(ended.total_run_time);
    const cancelled = await createRun(api, { type: "CANCELLED" });
    expect(cancelled.estimated_start_time_delta).toBe(0);
  });
}
