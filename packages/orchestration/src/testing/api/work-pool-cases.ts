/** Cases of the API suite on work pools, their queues and their workers. */
import { newId, type OrchestrationApi, type WorkPool, type WorkPoolCreate } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { createDeployment } from "./deployment-cases.ts";
import { createRun, inSeconds, type OpenApi } from "./open-api.ts";

const GONE = { code: "OBJECT_NOT_FOUND" };
const CONFLICT = { code: "CONFLICT" };

const TEMPLATE = {
  job_configuration: { command: "{{ command }}", env: { SIZE: "{{ size }}" } },
  variables: {
    type: "object",
    properties: { command: { type: "string" }, size: { type: "integer", default: 1 } },
    required: ["command"],
  },
};

/** A new pool that process workers serve. */
export function createPool(
  api: OrchestrationApi,
  name: string,
  members: Partial<WorkPoolCreate> = {},
): Promise<WorkPool> {
  return api.workPools.create({ name, type: "process", ...members });
}

export function workPoolCases(open: OpenApi): void {
  describe("pools", () => poolCases(open));
  describe("templates", () => templateCases(open));
  describe("queues", () => queueCases(open));
  describe("queues by id", () => queueByIdCases(open));
  describe("workers", () => workerCases(open));
}

function poolCases(open: OpenApi): void {
  it("have the queue default from the start, and are not ready", async () => {
    const api = await open();
    const pool = await createPool(api, "machines", {
      description: "In the cellar",
      base_job_template: TEMPLATE,
    });
    expect(pool).toMatchObject({
      name: "machines",
      type: "process",
      description: "In the cellar",
      base_job_template: TEMPLATE,
      is_paused: false,
      concurrency_limit: null,
      status: "NOT_READY",
      active_slots: null,
    });
    expect(await api.workPools.get("machines")).toEqual(pool);
    const queue = await api.poolQueues.get("machines", "default");
    expect(queue).toMatchObject({
      id: pool.default_queue_id,
      work_pool_id: pool.id,
      work_pool_name: "machines",
      priority: 1,
      is_paused: false,
      status: "NOT_READY",
      last_polled: null,
    });
  });

  it("are changed in the members that are given", async () => {
    const api = await open();
    await createPool(api, "machines", { description: "In the cellar", concurrency_limit: 3 });
    await api.workPools.update("machines", { concurrency_limit: 5, is_paused: true });
    expect(await api.workPools.get("machines")).toMatchObject({
      description: "In the cellar",
      concurrency_limit: 5,
      active_slots: 0,
      status: "PAUSED",
    });
    await api.workPools.update("machines", {
      concurrency_limit: null,
      is_paused: false,
      base_job_template: TEMPLATE,
    });
    expect(await api.workPools.get("machines")).toMatchObject({
      concurrency_limit: null,
      status: "NOT_READY",
      base_job_template: TEMPLATE,
    });
  });

  it("have names of their own, of which those for internal use are reserved", async () => {
    const api = await open();
    await createPool(api, "machines");
    await expect(createPool(api, "machines")).rejects.toMatchObject(CONFLICT);
    await expect(createPool(api, "Prefect-managed")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(api.workPools.get("Prefect-managed")).rejects.toMatchObject(GONE);
  });

  it("are listed by name and counted, as filters let them through", async () => {
    const api = await open();
    const b = await createPool(api, "b", { type: "docker" });
    await createPool(api, "a");
    const names = async (work_pools: object) =>
      (await api.workPools.filter({ work_pools })).map(({ name }) => name);
    expect(await names({})).toEqual(["a", "b"]);
    expect(await names({ id: { any_: [b.id] } })).toEqual(["b"]);
    expect(await names({ type: { any_: ["process"] } })).toEqual(["a"]);
    expect(await names({ operator: "or_", name: { any_: ["a"] }, type: { any_: ["docker"] } })).toEqual([
      "a",
      "b",
    ]);
    expect(await api.workPools.filter({ limit: 1, offset: 1 })).toMatchObject([{ name: "b" }]);
    expect(await api.workPools.count({})).toBe(2);
    expect(await api.workPools.count({ work_pools: { type: { any_: ["docker"] } } })).toBe(1);
  });

  it("go with their queues and workers; runs and deployments stay, in no queue", async () => {
    const api = await open();
    const { id } = await createPool(api, "machines");
    await api.workers.heartbeat("machines", { name: "worker" });
    const deployment = await createDeployment(api, { work_pool_name: "machines" });
    const run = await api.deployments.createFlowRun(deployment.id, {});
    await api.workPools.delete("machines");
    await expect(api.workPools.get("machines")).rejects.toMatchObject(GONE);
    await expect(api.workPools.delete("machines")).rejects.toMatchObject(GONE);
    await expect(api.poolQueues.filter("machines", {})).rejects.toMatchObject(GONE);
    expect(await api.flowRuns.get(run.id)).toMatchObject({ work_queue_id: null, work_pool_name: null });
    expect(await api.deployments.get(deployment.id)).toMatchObject({
      work_queue_id: null,
      work_pool_name: null,
    });
    const again = await createPool(api, "machines");
    expect(again.id).not.toBe(id);
    expect(await api.workers.filter("machines", {})).toEqual([]);
  });
}

function templateCases(open: OpenApi): void {
  it.each<[string, object]>([
    ["without variables", { job_configuration: TEMPLATE.job_configuration }],
    ["without a job", { variables: TEMPLATE.variables }],
    ["that use undeclared variables", { ...TEMPLATE, job_configuration: { image: "{{ image }}" } }],
    [
      "with a default that does not fit its schema",
      { ...TEMPLATE, variables: { properties: { command: {}, size: { type: "integer", default: "big" } } } },
    ],
  ])("%s are refused, for new pools and for others", async (_how, template) => {
    const api = await open();
    const invalid = { code: "INVALID_REQUEST" };
    const base_job_template = template as Record<string, unknown>;
    await expect(createPool(api, "machines", { base_job_template })).rejects.toMatchObject(invalid);
    await createPool(api, "machines");
    await expect(api.workPools.update("machines", { base_job_template })).rejects.toMatchObject(invalid);
    expect(await api.workPools.get("machines")).toMatchObject({ base_job_template: {} });
  });

  it("may leave to runs what is required, and refer to blocks", async () => {
    const api = await open();
    const block = { $ref: { block_document_id: newId() } };
    const variables = {
      properties: { command: { type: "string" }, size: { type: "integer", default: block } },
      required: ["command"],
    };
    await createPool(api, "machines", { base_job_template: { ...TEMPLATE, variables } });
    expect(await api.workPools.count({})).toBe(1);
  });
}

function queueCases(open: OpenApi): void {
  const priorities = async (api: OrchestrationApi): Promise<string[]> =>
    (await api.poolQueues.filter("machines", {})).map(({ name, priority }) => `${name} ${priority}`);

  it("get the lowest free priority, and move on for one that takes theirs", async () => {
    const api = await open();
    await createPool(api, "machines");
    await api.poolQueues.create("machines", { name: "a" });
    await api.poolQueues.create("machines", { name: "far", priority: 9 });
    await api.poolQueues.create("machines", { name: "b" });
    expect(await priorities(api)).toEqual(["default 1", "a 2", "b 3", "far 9"]);
    const urgent = await api.poolQueues.create("machines", { name: "urgent", priority: 1 });
    expect(urgent.priority).toBe(1);
    expect(await priorities(api)).toEqual(["urgent 1", "default 2", "a 3", "b 4", "far 9"]);
    await api.poolQueues.update("machines", "b", { priority: 2 });
    expect(await priorities(api)).toEqual(["urgent 1", "b 2", "default 3", "a 4", "far 9"]);
    await api.poolQueues.delete("machines", "urgent");
    expect((await api.poolQueues.create("machines", { name: "next" })).priority).toBe(1);
  });

  it("keep their priorities apart when many are made at once", async () => {
    const api = await open();
    await createPool(api, "machines");
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        api.poolQueues.create("machines", { name: `q${index}`, ...(index % 3 === 0 && { priority: 2 }) }),
      ),
    );
    const queues = await api.poolQueues.filter("machines", {});
    expect(new Set(queues.map(({ priority }) => priority)).size).toBe(13);
  });

  it("are made, changed, paused, listed by priority and deleted", async () => {
    const api = await open();
    await createPool(api, "machines");
    const made = await api.poolQueues.create("machines", { name: "urgent", concurrency_limit: 2 });
    expect(made).toMatchObject({ name: "urgent", concurrency_limit: 2, active_slots: 0, description: "" });
    await api.poolQueues.update("machines", "urgent", { is_paused: true, description: "Now" });
    const changed = await api.poolQueues.get("machines", "urgent");
    expect(changed).toMatchObject({ id: made.id, status: "PAUSED", is_paused: true, description: "Now" });
    await api.poolQueues.update("machines", "urgent", { concurrency_limit: null, is_paused: false });
    expect(await api.poolQueues.get("machines", "urgent")).toMatchObject({
      concurrency_limit: null,
      active_slots: null,
      status: "NOT_READY",
    });
    const named = await api.poolQueues.filter("machines", { work_queues: { name: { startswith_: ["ur"] } } });
    expect(named.map(({ name }) => name)).toEqual(["urgent"]);
    await api.poolQueues.delete("machines", "urgent");
    await expect(api.poolQueues.get("machines", "urgent")).rejects.toMatchObject(GONE);
  });

  it("have names of their own within their pool", async () => {
    const api = await open();
    await createPool(api, "machines");
    await createPool(api, "others");
    await api.poolQueues.create("machines", { name: "urgent" });
    await api.poolQueues.create("others", { name: "urgent" });
    const again = api.poolQueues.create("machines", { name: "urgent" });
    await expect(again).rejects.toMatchObject(CONFLICT);
    const renamed = api.poolQueues.update("machines", "urgent", { name: "default" });
    await expect(renamed).rejects.toMatchObject(CONFLICT);
    await expect(api.poolQueues.create("nowhere", { name: "urgent" })).rejects.toMatchObject(GONE);
    await expect(api.poolQueues.update("machines", "nobody", {})).rejects.toMatchObject(GONE);
  });

  it("keep their runs when they get another name", async () => {
    const api = await open();
    await createPool(api, "machines");
    await api.poolQueues.create("machines", { name: "urgent" });
    const place = { work_pool_name: "machines", work_queue_name: "urgent" };
    const waiting = await createRun(api, { type: "SCHEDULED" }, place);
    const ended = await createRun(api, { type: "COMPLETED" }, place);
    await api.poolQueues.update("machines", "urgent", { name: "calm" });
    expect(await api.flowRuns.get(waiting.id)).toMatchObject({ work_queue_name: "calm" });
    expect(await api.flowRuns.get(ended.id)).toMatchObject({ work_queue_name: "urgent" });
    const due = await api.workPools.getScheduledFlowRuns("machines", { work_queue_names: ["calm"] });
    expect(due.map(({ flow_run: run }) => run.id)).toEqual([waiting.id]);
  });

  it("leave their runs and deployments in no queue when they are deleted, which a default queue cannot be", async () => {
    const api = await open();
    await createPool(api, "machines");
    await api.poolQueues.create("machines", { name: "urgent" });
    const place = { work_pool_name: "machines", work_queue_name: "urgent" };
    const run = await createRun(api, { type: "SCHEDULED" }, place);
    const deployment = await createDeployment(api, place);
    await api.poolQueues.delete("machines", "urgent");
    expect(await api.flowRuns.get(run.id)).toMatchObject({ work_queue_id: null, work_queue_name: null });
    expect(await api.deployments.get(deployment.id)).toMatchObject({ work_queue_id: null });
    await expect(api.poolQueues.delete("machines", "default")).rejects.toMatchObject(CONFLICT);
  });
}

function queueByIdCases(open: OpenApi): void {
  it("are the same queues", async () => {
    const api = await open();
    await createPool(api, "machines");
    const queue = await api.poolQueues.create("machines", { name: "urgent" });
    expect(await api.workQueues.get(queue.id)).toEqual(queue);
    await api.workQueues.update(queue.id, { is_paused: true });
    expect(await api.poolQueues.get("machines", "urgent")).toMatchObject({ is_paused: true });
    const listed = await api.workQueues.filter({ work_queues: { id: { any_: [queue.id] } } });
    expect(listed).toMatchObject([{ id: queue.id, work_pool_name: "machines", status: "PAUSED" }]);
    await api.workQueues.delete(queue.id);
    await expect(api.workQueues.get(queue.id)).rejects.toMatchObject(GONE);
    await expect(api.workQueues.update(queue.id, {})).rejects.toMatchObject(GONE);
  });

  it("are made in the pool of agents, which is made with the first", async () => {
    const api = await open();
    const queue = await api.workQueues.create({ name: "etl" });
    await api.workQueues.create({ name: "ml" });
    expect(queue).toMatchObject({ work_pool_name: "default-agent-pool" });
    expect(await api.workQueues.getByName("etl")).toEqual(queue);
    expect((await api.workQueues.filter({})).map(({ name }) => name)).toEqual(["default", "etl", "ml"]);
    await expect(api.workQueues.create({ name: "etl" })).rejects.toMatchObject(CONFLICT);
  });

  it("give agents their runs, and are healthy while they are asked", async () => {
    const api = await open();
    const { id } = await api.workQueues.create({ name: "etl" });
    expect(await api.workQueues.status(id)).toMatchObject({
      healthy: false,
      late_runs_count: 0,
      last_polled: null,
    });
    const run = await createRun(api, { type: "SCHEDULED" }, { work_queue_name: "etl" });
    await createRun(
      api,
      { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(3600) } },
      { work_queue_name: "etl" },
    );
    const due = await api.workQueues.getRuns(id, { scheduled_before: inSeconds(10) });
    expect(due.map((each) => each.id)).toEqual([run.id]);
    expect(await api.workQueues.status(id)).toMatchObject({ healthy: true });
    await api.flowRuns.setState(run.id, { state: { type: "SCHEDULED", name: "Late" } });
    expect(await api.workQueues.status(id)).toMatchObject({ healthy: false, late_runs_count: 1 });
    await api.flowRuns.setState(run.id, { state: { type: "PENDING" } });
    expect(await api.workQueues.concurrencyStatus(id, {})).toMatchObject({
      active_slots: 1,
      flow_runs: [{ id: run.id, state_type: "PENDING" }],
      count: 1,
      pages: 1,
    });
  });
}

function workerCases(open: OpenApi): void {
  it("are known by their heartbeats, which make their pool ready", async () => {
    const api = await open();
    const pool = await createPool(api, "machines");
    await api.workers.heartbeat("machines", { name: "one", heartbeat_interval_seconds: 10 });
    await api.workers.heartbeat("machines", { name: "two" });
    await api.workers.heartbeat("machines", { name: "one" });
    expect(await api.workPools.get("machines")).toMatchObject({ status: "READY" });
    const workers = await api.workers.filter("machines", {});
    expect(workers.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: "one", work_pool_id: pool.id, heartbeat_interval_seconds: 10, status: "ONLINE" },
      { name: "two", heartbeat_interval_seconds: null, status: "ONLINE" },
    ]);
    const online = { workers: { status: { any_: ["ONLINE" as const] } } };
    expect(await api.workers.filter("machines", online)).toHaveLength(2);
    const offline = { workers: { status: { any_: ["OFFLINE" as const] } } };
    expect(await api.workers.filter("machines", offline)).toEqual([]);
    const recent = { workers: { last_heartbeat_time: { after_: inSeconds(60) } } };
    expect(await api.workers.filter("machines", recent)).toEqual([]);
    await api.workers.delete("machines", "one");
    await expect(api.workers.delete("machines", "one")).rejects.toMatchObject(GONE);
    expect(await api.workers.filter("machines", {})).toHaveLength(1);
    await expect(api.workers.heartbeat("nowhere", { name: "one" })).rejects.toMatchObject(GONE);
  });

  it("are one each, however many heartbeats come at once", async () => {
    const api = await open();
    await createPool(api, "machines");
    await Promise.all(Array.from({ length: 10 }, () => api.workers.heartbeat("machines", { name: "one" })));
    expect(await api.workers.filter("machines", {})).toHaveLength(1);
  });
}
