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
import { createRun, engineRecord, engineState, inSeconds, type OpenApi, propose } from "./open-api.ts";

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

  it("does not run a task whose result is known under its cache key", async () => {
    const api = await open();
    const data = { type: "reference", storage_key: "s" };
    const first = await taskRun(api);
    const key = { cache_key: "sum/1/2" };
    expect(await set(api, first, { type: "RUNNING", state_details: key })).toMatchObject({
      status: "ACCEPT",
    });
    await set(api, first, { type: "COMPLETED", message: "m", data, state_details: key });
    expect(await api.taskRuns.get(first.id)).toMatchObject({ ...key, cache_expiration: null });

    const second = await taskRun(api);
    const answer = await set(api, second, { type: "RUNNING", state_details: key });
    expect(answer).toMatchObject({
      status: "REJECT",
      state: { type: "COMPLETED", name: "Cached", message: "m", data },
      details: { reason: "Retrieved state from cache" },
    });
    expect(answer.state?.state_details).toMatchObject({ ...key, task_run_id: second.id });
    expect(answer.state?.id).not.toBe((await api.taskRuns.get(first.id)).state_id);
    expect(await api.taskRuns.get(second.id)).toMatchObject({ state_name: "Cached", run_count: 0 });

    for (const state_details of [{ ...key, refresh_cache: true }, { cache_key: "other" }, {}]) {
      const proposal = { type: "RUNNING", state_details } as const;
      expect(await set(api, await taskRun(api), proposal)).toMatchObject({ status: "ACCEPT" });
    }
    const forced = await set(api, await taskRun(api), { type: "RUNNING", state_details: key }, true);
    expect(forced).toMatchObject({ status: "ACCEPT" });
  });

  it("forgets a result that has expired, that was replaced, or whose run is gone", async () => {
    const api = await open();
    const complete = async (message: string, expiration: string | null) => {
      const run = await taskRun(api);
      const state_details = { cache_key: "k", cache_expiration: expiration };
      await set(api, run, { type: "RUNNING", state_details: { ...state_details, refresh_cache: true } });
      await set(api, run, { type: "COMPLETED", message, state_details });
      return run;
    };
    const ask = async () =>
      set(api, await taskRun(api), { type: "RUNNING", state_details: { cache_key: "k" } });
    await complete("expired", inSeconds(-1));
    expect(await ask()).toMatchObject({ status: "ACCEPT" });
    await complete("old", null);
    const newer = await complete("new", inSeconds(3600));
    expect(await ask()).toMatchObject({ status: "REJECT", state: { message: "new" } });
    await api.taskRuns.delete(newer.id);
    expect(await ask()).toMatchObject({ status: "REJECT", state: { message: "old" } });
  });

  it("has no cache for results of failed runs, of engines with a cache of their own, and under endless keys", async () => {
    const api = await open();
    const flowRun = await createRun(api, { type: "RUNNING" });
    const done = engineState("COMPLETED", inSeconds(-1));
    await api.taskRuns.record([
      engineRecord(flowRun.id, [done], { cache_key: "k", end_time: done.timestamp }),
    ]);
    const failed = await taskRun(api);
    await set(api, failed, { type: "RUNNING" });
    await set(api, failed, { type: "FAILED", state_details: { cache_key: "k" } });
    const running = { type: "RUNNING", state_details: { cache_key: "k" } } as const;
    const run = await taskRun(api);
    expect(await set(api, run, running)).toMatchObject({ status: "ACCEPT" });
    const long = { cache_key: "k".repeat(2001) };
    expect(await set(api, run, { type: "COMPLETED", state_details: long })).toMatchObject({
      status: "REJECT",
      state: { type: "COMPLETED" },
      details: { reason: expect.stringContaining("2000") },
    });
    const again = await set(api, await taskRun(api), { type: "RUNNING", state_details: long });
    expect(again).toMatchObject({ status: "ACCEPT" });
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
