/** Cases of the API suite on task runs. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, engineRecord, engineState, inSeconds, microseconds, type OpenApi } from "./open-api.ts";

export function taskRunApiCases(open: OpenApi): void {
  createCases(open);
  recordCases(open);
}

function createCases(open: OpenApi): void {
  it("creates a task run once per keys in its flow run", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const create = { flow_run_id: flowRun.id, task_key: "sub", dynamic_key: "0" };
    const run = await api.taskRuns.create({
      ...create,
      tags: ["t"],
      task_inputs: { x: [{ input_type: "parameter", name: "p" }] },
    });
    expect(run).toMatchObject({
      ...create,
      tags: ["t"],
      state_type: "PENDING",
      state_name: "Pending",
      run_count: 0,
    });
    expect(run.name).not.toBe("");
    expect(run.state?.state_details).toMatchObject({ flow_run_id: flowRun.id, task_run_id: run.id });
    expect(await api.taskRuns.create({ ...create, tags: ["other"] })).toMatchObject({
      id: run.id,
      tags: ["t"],
    });
    expect(await api.taskRuns.states(run.id)).toEqual([run.state]);
    expect(await api.taskRuns.count({})).toBe(1);
  });

  it("takes the id, the name and the state that the client chooses", async () => {
    const api = await open();
    const id = newId();
    const state = { type: "RUNNING", name: "Los" } as const;
    const run = await api.taskRuns.create({ id, name: "mine", task_key: "k", dynamic_key: "0", state });
    expect(run).toMatchObject({ id, name: "mine", flow_run_id: null, state_name: "Los", run_count: 1 });
  });

  it("refuses a task run in a flow run that does not exist, and a cache key that is too long", async () => {
    const api = await open();
    const create = { task_key: "k", dynamic_key: "0" };
    await expect(api.taskRuns.create({ ...create, flow_run_id: newId() })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const long = api.taskRuns.create({ ...create, cache_key: "k".repeat(2001) });
    await expect(long).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("misses task runs that do not exist, by id", async () => {
    const api = await open();
    const id = newId();
    for (const call of [() => api.taskRuns.get(id), () => api.taskRuns.states(id)]) {
      await expect(call()).rejects.toMatchObject({
        code: "OBJECT_NOT_FOUND",
        message: expect.stringContaining(id),
      });
    }
  });
}

function recordCases(open: OpenApi): void {
  it("records what an engine decided", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const [pending, running, done] = [
      engineState("PENDING", inSeconds(-3)),
      engineState("RUNNING", inSeconds(-2)),
      engineState("COMPLETED", inSeconds(-1), { data: { storage_key: "k", serializer: { type: "json" } } }),
    ];
    const record = engineRecord(flowRun.id, [pending, running], {
      start_time: running.timestamp,
      tags: ["t"],
    });
    await api.taskRuns.record([record]);
    const live = await api.taskRuns.get(record.id);
    expect(live).toMatchObject({ name: record.name, tags: ["t"], state_type: "RUNNING", run_count: 1 });
    expect(live.estimated_run_time).toBeGreaterThanOrEqual(2);

    await api.taskRuns.record([{ ...record, states: [done], end_time: done.timestamp, total_run_time: 1 }]);
    const ended = await api.taskRuns.get(record.id);
    expect(ended).toMatchObject({ state_type: "COMPLETED", total_run_time: 1, estimated_run_time: 1 });
    expect(ended.state).toMatchObject({ id: done.id, data: done.data });
    expect(microseconds(ended.end_time)).toBe(microseconds(done.timestamp));
    expect((await api.taskRuns.states(record.id)).map((state) => state.id)).toEqual([
      pending.id,
      running.id,
      done.id,
    ]);
  });

  it("gives each state a task run had by the state's own id", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const record = engineRecord(flowRun.id, [
      engineState("RUNNING", inSeconds(-2)),
      engineState("COMPLETED", inSeconds(-1), { data: { storage_key: "k", serializer: { type: "json" } } }),
    ]);
    await api.taskRuns.record([record]);
    const states = await api.taskRuns.states(record.id);
    expect(states).toHaveLength(2);
    for (const state of states) expect(await api.taskRuns.getState(state.id)).toEqual(state);
    await expect(api.taskRuns.getState(newId())).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await expect(api.flowRuns.getState(states[0]?.id ?? "")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("merges repeated and late records", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const [running, done] = [engineState("RUNNING", inSeconds(-2)), engineState("COMPLETED", inSeconds(-1))];
    const early = engineRecord(flowRun.id, [running]);
    const late = { ...early, states: [done], total_run_time: 1 };
    await api.taskRuns.record([late]);
    await api.taskRuns.record([early, late, early]);
    const run = await api.taskRuns.get(early.id);
    expect(run).toMatchObject({ state_type: "COMPLETED", total_run_time: 1 });
    expect((await api.taskRuns.states(early.id)).map((state) => state.id)).toEqual([running.id, done.id]);
  });

  it("records many at once, and none", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const records = Array.from({ length: 500 }, (_, index) =>
      engineRecord(flowRun.id, [engineState("RUNNING", inSeconds(-1))], { name: `task-${index}` }),
    );
    await api.taskRuns.record(records);
    await api.taskRuns.record([]);
    expect(await api.taskRuns.count({ task_runs: { flow_run_id: { any_: [flowRun.id] } } })).toBe(500);
    const page = await api.taskRuns.filter({ sort: "NAME_ASC", limit: 2 });
    expect(page.map((run) => run.name)).toEqual(["task-0", "task-1"]);
    expect(await api.taskRuns.filter({ flow_runs: { id: { any_: [newId()] } } })).toEqual([]);
  });
}
