/** Cases of the API suite on task runs whose states the server decides. */
import {
  newId,
  type OrchestrationApi,
  type OrchestrationResult,
  type StateCreate,
  type TaskRun,
  type TaskRunCreate,
} from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, inSeconds, type OpenApi, propose } from "./open-api.ts";

export function taskPolicyCases(open: OpenApi): void {
  it("lets a task run through its states and counts its attempts", async () => {
    const api = await open();
    const run = await taskRun(api);
    expect(await set(api, run, { type: "RUNNING" })).toMatchObject({
      status: "ACCEPT",
      state: { type: "RUNNING" },
    });
    expect(await set(api, run, { type: "COMPLETED" })).toMatchObject({ status: "ACCEPT" });
    expect(await api.taskRuns.get(run.id)).toMatchObject({
      state_type: "COMPLETED",
      run_count: 1,
      flow_run_run_count: 1,
    });
    expect((await api.taskRuns.states(run.id)).map(({ type }) => type)).toEqual([
      "PENDING",
      "RUNNING",
      "COMPLETED",
    ]);
  });

  it("retries a failed task run while it has retries", async () => {
    const api = await open();
    const run = await taskRun(api, { empirical_policy: { retries: 1, retry_delay: [0] } });
    await set(api, run, { type: "RUNNING" });
    expect(await set(api, run, { type: "FAILED", message: "m" })).toMatchObject({
      status: "REJECT",
      state: { type: "SCHEDULED", name: "AwaitingRetry", message: "m" },
      details: { reason: "Retrying" },
    });
    expect(await set(api, run, { type: "RUNNING" })).toMatchObject({ state: { name: "Retrying" } });
    expect(await set(api, run, { type: "FAILED" })).toMatchObject({
      status: "ACCEPT",
      state: { type: "FAILED" },
    });
  });

  it("does not retry what is of no use", async () => {
    const api = await open();
    const run = await taskRun(api, { empirical_policy: { retries: 1 } });
    await set(api, run, { type: "RUNNING" });
    const failed = { type: "FAILED", state_details: { retriable: false } } as const;
    expect(await set(api, run, failed)).toMatchObject({ status: "ACCEPT", state: { type: "FAILED" } });
  });

  it("waits for the time of a scheduled task run", async () => {
    const api = await open();
    const state = { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(60) } } as const;
    const run = await taskRun(api, { state });
    expect(await set(api, run, { type: "RUNNING" })).toMatchObject({ status: "WAIT" });
  });

  it("runs nothing in a flow run that does not run", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const run = await taskRun(api, { flow_run_id: flowRun.id });
    await propose(api, flowRun.id, {
      type: "PAUSED",
      state_details: { pause_key: "k", pause_timeout: inSeconds(60) },
    });
    expect(await set(api, run, { type: "RUNNING" })).toMatchObject({
      status: "REJECT",
      state: { type: "PAUSED", name: "NotReady" },
    });
    await propose(api, flowRun.id, { type: "FAILED" });
    expect(await set(api, run, { type: "RUNNING" })).toMatchObject({ status: "ABORT" });
    expect(await set(api, run, { type: "RUNNING" }, true)).toMatchObject({ status: "ACCEPT" });
  });

  it("keeps what ended, and names what runs again", async () => {
    const api = await open();
    const kept = await taskRun(api);
    await set(api, kept, { type: "RUNNING" });
    await set(api, kept, { type: "COMPLETED", data: { type: "reference", storage_key: "k" } });
    expect(await set(api, kept, { type: "RUNNING" })).toMatchObject({
      status: "REJECT",
      state: { type: "COMPLETED" },
    });
    expect(await set(api, kept, { type: "CRASHED" })).toMatchObject({ status: "ABORT" });
  });

  it("runs a background task run once", async () => {
    const api = await open();
    const state = { type: "SCHEDULED", state_details: { deferred: true } } as const;
    const run = await taskRun(api, { flow_run_id: null, state });
    const pending = { type: "PENDING", state_details: { deferred: true } } as const;
    expect(await set(api, run, pending)).toMatchObject({ status: "ACCEPT" });
    expect(await set(api, run, pending)).toMatchObject({ status: "ABORT" });
  });

  it("renames, pages and deletes", async () => {
    const api = await open();
    const run = await taskRun(api);
    await api.taskRuns.update(run.id, { name: "renamed" });
    expect(await api.taskRuns.paginate({ limit: 1 })).toMatchObject({
      results: [{ name: "renamed" }],
      count: 1,
    });
    await api.taskRuns.delete(run.id);
    for (const call of [
      () => api.taskRuns.get(run.id),
      () => api.taskRuns.delete(run.id),
      () => api.taskRuns.update(newId(), { name: "x" }),
      () => set(api, run, { type: "RUNNING" }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
  });
}

/** A pending task run in a flow run that runs. */
async function taskRun(api: OrchestrationApi, members: Partial<TaskRunCreate> = {}): Promise<TaskRun> {
  const flow_run_id = (await createRun(api, { type: "RUNNING" })).id;
  return api.taskRuns.create({ flow_run_id, task_key: "t", dynamic_key: newId(), ...members });
}

function set(
  api: OrchestrationApi,
  run: TaskRun,
  state: StateCreate,
  force = false,
): Promise<OrchestrationResult> {
  return api.taskRuns.setState(run.id, { state, force });
}
