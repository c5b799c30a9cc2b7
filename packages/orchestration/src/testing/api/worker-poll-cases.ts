/** Cases of the API suite on the runs that workers are given. */
import type { FlowRun, OrchestrationApi, StateCreate, WorkPoolPoll } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createDeployment } from "./deployment-cases.ts";
import { createRun, inSeconds, type OpenApi, propose } from "./open-api.ts";
import { createPool } from "./work-pool-cases.ts";

/** A scheduled run in a queue of the pool machines, due so many seconds from now. */
function waiting(api: OrchestrationApi, queue: string, seconds: number): Promise<FlowRun> {
  const state: StateCreate = { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(seconds) } };
  return createRun(api, state, { work_pool_name: "machines", work_queue_name: queue });
}

async function polled(api: OrchestrationApi, poll: Partial<WorkPoolPoll> = {}): Promise<string[]> {
  const due = await api.workPools.getScheduledFlowRuns("machines", {
    scheduled_before: inSeconds(10),
    ...poll,
  });
  return due.map(({ flow_run: run }) => run.id);
}

export function workerPollCases(open: OpenApi): void {
  limitCases(open);

  it("are those that are due, by the priority of their queue, then by time", async () => {
    const api = await open();
    const pool = await createPool(api, "machines");
    const urgent = await api.poolQueues.create("machines", { name: "urgent", priority: 1 });
    const calmLate = await waiting(api, "default", -60);
    const later = await waiting(api, "urgent", -10);
    const sooner = await waiting(api, "urgent", -20);
    await waiting(api, "urgent", 3600);
    await createRun(api, { type: "COMPLETED" }, { work_pool_name: "machines" });
    expect(await polled(api)).toEqual([sooner.id, later.id, calmLate.id]);
    expect(await polled(api, { limit: 2 })).toEqual([sooner.id, later.id]);
    expect(await polled(api, { work_queue_names: ["default"] })).toEqual([calmLate.id]);
    expect(await polled(api, { scheduled_after: inSeconds(-15) })).toEqual([later.id]);
    const [first] = await api.workPools.getScheduledFlowRuns("machines", {});
    expect(first).toMatchObject({
      work_pool_id: pool.id,
      work_queue_id: urgent.id,
      flow_run: { id: sooner.id, work_pool_name: "machines", work_queue_name: "urgent" },
    });
    await propose(api, sooner.id, { type: "PENDING" });
    expect(await polled(api)).toEqual([later.id, calmLate.id]);
  });

  it("are not those of another pool, nor those that their own process is to retry", async () => {
    const api = await open();
    await createPool(api, "machines");
    await createPool(api, "others");
    await createRun(api, { type: "SCHEDULED" }, { work_pool_name: "others" });
    await createRun(api, { type: "SCHEDULED" });
    const retried = await waiting(api, "default", -10);
    const next = await waiting(api, "default", -5);
    await api.flowRuns.update(retried.id, {
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        pause_keys: [],
        retries: 1,
        retry_delay: 0,
      },
    });
    await propose(api, retried.id, { type: "PENDING" });
    await propose(api, retried.id, { type: "RUNNING" });
    expect(await propose(api, retried.id, { type: "FAILED" })).toMatchObject({
      state: { name: "AwaitingRetry" },
    });
    expect(await polled(api)).toEqual([next.id]);
    expect(await polled(api, { limit: 1 })).toEqual([next.id]);
  });

  it("make the queues that were asked and their deployments ready", async () => {
    const api = await open();
    await createPool(api, "machines");
    await api.poolQueues.create("machines", { name: "urgent" });
    const asked = await createDeployment(api, { work_pool_name: "machines", work_queue_name: "urgent" });
    const other = await createDeployment(api, { work_pool_name: "machines" });
    await polled(api, { work_queue_names: ["urgent"] });
    expect(await api.poolQueues.get("machines", "urgent")).toMatchObject({
      status: "READY",
      last_polled: expect.any(String),
    });
    expect(await api.poolQueues.get("machines", "default")).toMatchObject({ status: "NOT_READY" });
    expect(await api.deployments.get(asked.id)).toMatchObject({
      status: "READY",
      last_polled: expect.any(String),
    });
    expect(await api.deployments.get(other.id)).toMatchObject({ status: "NOT_READY" });
  });

  it("do not have it written at every poll that somebody asks", async () => {
    const api = await open();
    await createPool(api, "machines");
    await polled(api);
    const { last_polled: first } = await api.poolQueues.get("machines", "default");
    await polled(api);
    expect(await api.poolQueues.get("machines", "default")).toMatchObject({ last_polled: first });
  });

  it("are asked of pools and queues that exist", async () => {
    const api = await open();
    const gone = { code: "OBJECT_NOT_FOUND" };
    await expect(api.workPools.getScheduledFlowRuns("nowhere", {})).rejects.toMatchObject(gone);
    await createPool(api, "machines");
    await expect(polled(api, { work_queue_names: ["nobody"] })).rejects.toMatchObject(gone);
    await expect(createRun(api, { type: "SCHEDULED" }, { work_pool_name: "nowhere" })).rejects.toMatchObject(
      gone,
    );
    const unknown = { work_pool_name: "machines", work_queue_name: "nobody" };
    await expect(createRun(api, { type: "SCHEDULED" }, unknown)).rejects.toMatchObject(gone);
  });

  it("are given to the first worker that takes them", async () => {
    const api = await open();
    await createPool(api, "machines");
    const run = await waiting(api, "default", -1);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => propose(api, run.id, { type: "PENDING" })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      "ABORT",
      "ABORT",
      "ABORT",
      "ABORT",
      "ABORT",
      "ACCEPT",
    ]);
    expect(await polled(api)).toEqual([]);
  });
}

function limitCases(open: OpenApi): void {
  it("are as many as queue and pool have slots for", async () => {
    const api = await open();
    await createPool(api, "machines", { concurrency_limit: 3 });
    await api.poolQueues.create("machines", { name: "urgent", priority: 1, concurrency_limit: 2 });
    const urgent: FlowRun[] = [];
    for (const seconds of [-9, -8, -7]) urgent.push(await waiting(api, "urgent", seconds));
    const calm = [await waiting(api, "default", -6), await waiting(api, "default", -5)];
    const [first, second, third] = urgent.map(({ id }) => id);
    expect(await polled(api)).toEqual([first, second, calm[0]?.id]);
    await propose(api, first ?? "", { type: "PENDING" });
    expect(await polled(api)).toEqual([second, calm[0]?.id]);
    await propose(api, second ?? "", { type: "PENDING" });
    await propose(api, second ?? "", { type: "RUNNING" });
    expect(await polled(api)).toEqual([calm[0]?.id]);
    expect(await api.workPools.get("machines")).toMatchObject({ active_slots: 2 });
    expect(await api.poolQueues.get("machines", "urgent")).toMatchObject({ active_slots: 2 });
    expect(await api.workPools.concurrencyStatus("machines", { flow_run_limit: 1 })).toMatchObject({
      active_slots: 2,
      concurrency_limit: 3,
      queues: [
        { queue_name: "urgent", active_slots: 2, concurrency_limit: 2, flow_run_count: 2, flow_runs: [{}] },
        { queue_name: "default", active_slots: 0, concurrency_limit: null, flow_runs: [] },
      ],
      count: 2,
      page: 1,
      pages: 1,
    });
    await propose(api, second ?? "", { type: "COMPLETED" });
    expect(await polled(api)).toEqual([third, calm[0]?.id]);
  });

  it("are none of a pool or queue that is paused, or that has no slots", async () => {
    const api = await open();
    await createPool(api, "machines");
    await api.poolQueues.create("machines", { name: "urgent", priority: 1 });
    const urgent = await waiting(api, "urgent", -2);
    const calm = await waiting(api, "default", -1);
    await api.poolQueues.update("machines", "urgent", { is_paused: true });
    expect(await polled(api)).toEqual([calm.id]);
    await api.poolQueues.update("machines", "urgent", { is_paused: false, concurrency_limit: 0 });
    expect(await polled(api)).toEqual([calm.id]);
    await api.poolQueues.update("machines", "urgent", { concurrency_limit: null });
    expect(await polled(api)).toEqual([urgent.id, calm.id]);
    await api.workPools.update("machines", { is_paused: true });
    expect(await polled(api)).toEqual([]);
    await api.workPools.update("machines", { is_paused: false, concurrency_limit: 0 });
    expect(await polled(api)).toEqual([]);
  });
}
