/** Cases of the API suite on deployments. */
import { type Deployment, type DeploymentCreate, newId, type OrchestrationApi } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { microseconds, type OpenApi } from "./open-api.ts";

const HOUR = 3600;
const DAY = 86_400;
const PARAMETERS = {
  type: "object",
  properties: {
    limit: { type: "integer", position: 0 },
    path: { type: "string", position: 1, default: "." },
  },
  required: ["limit"],
};

/** A new deployment of a flow of its own. */
export async function createDeployment(
  api: OrchestrationApi,
  members: Partial<DeploymentCreate> = {},
): Promise<Deployment> {
  const flow = await api.flows.create({ name: `flow-${newId()}` });
  return api.deployments.create({ name: "nightly", flow_id: flow.id, ...members });
}

export function deploymentCases(open: OpenApi): void {
  it("gives a new deployment its defaults", async () => {
    const api = await open();
    const deployment = await createDeployment(api);
    expect(deployment).toMatchObject({
      name: "nightly",
      paused: false,
      schedules: [],
      parameters: {},
      tags: [],
      job_variables: {},
      enforce_parameter_schema: true,
      work_queue_name: null,
      work_pool_name: null,
      concurrency_limit: null,
      status: "NOT_READY",
      last_polled: null,
    });
    expect(deployment.labels).toMatchObject({ "prefect.flow.id": deployment.flow_id });
    expect(await api.deployments.get(deployment.id)).toEqual(deployment);
  });

  it("finds a deployment by the names of its flow and its own", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "etl" });
    const deployment = await api.deployments.create({ name: "prod eu", flow_id: flow.id });
    expect(await api.deployments.getByName("etl", "prod eu")).toEqual(deployment);
    await expect(api.deployments.getByName("etl", "dev")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("writes only the members present when the flow has a deployment of the name, and replaces schedules", async () => {
    const api = await open();
    const first = await createDeployment(api, {
      description: "Every night",
      tags: ["a"],
      schedules: [{ schedule: { cron: "@daily" }, slug: "night" }],
    });
    const second = await api.deployments.create({
      name: first.name,
      flow_id: first.flow_id,
      tags: ["b"],
      schedules: [{ schedule: { interval: DAY, anchor_date: "2026-01-01T00:00:00Z" } }],
    });
    expect(second).toMatchObject({
      id: first.id,
      created: first.created,
      description: "Every night",
      tags: ["b"],
    });
    expect(second.schedules).toMatchObject([
      {
        schedule: { interval: DAY, anchor_date: "2026-01-01T00:00:00.000000Z", timezone: "UTC" },
        active: true,
      },
    ]);
    expect(await api.deployments.count({})).toBe(1);
  });

  it("refuses a deployment of a flow that does not exist, and parameters that do not fit", async () => {
    const api = await open();
    const { id: flowId } = await api.flows.create({ name: "etl" });
    await expect(api.deployments.create({ name: "a", flow_id: newId() })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const misfit = { parameter_openapi_schema: PARAMETERS, parameters: { limit: "many" } };
    await expect(api.deployments.create({ name: "a", flow_id: flowId, ...misfit })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await api.deployments.create({ name: "a", flow_id: flowId, ...misfit, enforce_parameter_schema: false });
    await expect(
      api.deployments.create({ name: "b", flow_id: flowId, work_pool_name: "none such" }),
    ).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("waits in a queue that is made when the pool has none of the name, until the pool is taken away", async () => {
    const api = await open();
    await api.workPools.create({ name: "machines", type: "process" });
    const inPool = await createDeployment(api, { work_pool_name: "machines" });
    expect(inPool).toMatchObject({ work_pool_name: "machines", work_queue_name: "default" });
    const { id } = await createDeployment(api, { work_pool_name: "machines", work_queue_name: "urgent" });
    expect(await api.deployments.get(id)).toMatchObject({ work_queue_name: "urgent" });
    expect(await api.deployments.workQueues(id)).toMatchObject([
      { name: "urgent", work_pool_name: "machines" },
    ]);
    expect(await api.deployments.createFlowRun(id, { work_queue_name: "calm" })).toMatchObject({
      work_pool_name: "machines",
      work_queue_name: "calm",
    });
    const names = async (query: Parameters<typeof api.deployments.count>[0]) => api.deployments.count(query);
    expect(await names({ work_pools: { name: { any_: ["machines"] } } })).toBe(2);
    expect(await names({ work_pool_queues: { name: { startswith_: ["ur"] } } })).toBe(1);
    expect(await names({ deployments: { work_queue_name: { any_: ["default"] } } })).toBe(1);
    await api.deployments.update(id, { work_pool_name: null });
    expect(await api.deployments.get(id)).toMatchObject({ work_queue_id: null, work_pool_name: null });
    const old = await createDeployment(api, { work_queue_name: "agents" });
    expect(old).toMatchObject({ work_pool_name: "default-agent-pool", work_queue_name: "agents" });
  });

  it("needs job variables that the pool's template takes", async () => {
    const api = await open();
    const variables = {
      type: "object",
      properties: { cpu: { type: "integer", default: 1 }, image: { type: "string" } },
      required: ["image"],
    };
    const template = { job_configuration: { cpu: "{{ cpu }}", image: "{{ image }}" }, variables };
    await api.workPools.create({ name: "machines", type: "process", base_job_template: template });
    const pool = { work_pool_name: "machines" };
    await expect(createDeployment(api, { ...pool, job_variables: { cpu: "many" } })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const { id } = await createDeployment(api, { ...pool, job_variables: { cpu: 2 } });
    await expect(api.deployments.createFlowRun(id, {})).rejects.toThrow(/image/);
    const run = await api.deployments.createFlowRun(id, { job_variables: { image: "x" } });
    expect(run.job_variables).toEqual({ image: "x" });
  });

  it("changes the members given, and leaves the others", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { description: "x", version: "1", parameters: { a: 1 } });
    await api.deployments.update(id, { version: "2", description: null, parameters: { b: 2 } });
    expect(await api.deployments.get(id)).toMatchObject({
      version: "2",
      description: null,
      parameters: { b: 2 },
    });
    await expect(api.deployments.update(newId(), { version: "3" })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("has a limit of its own that can change and go", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { concurrency_limit: 2 });
    expect(await api.deployments.get(id)).toMatchObject({
      concurrency_limit: 2,
      global_concurrency_limit: { name: `deployment:${id}`, limit: 2 },
    });
    await api.deployments.update(id, { concurrency_limit: 3 });
    expect(await api.deployments.get(id)).toMatchObject({ concurrency_limit: 3 });
    await api.deployments.update(id, { tags: ["x"] });
    expect(await api.deployments.get(id)).toMatchObject({ concurrency_limit: 3 });
    await api.deployments.update(id, { concurrency_limit: null });
    expect(await api.deployments.get(id)).toMatchObject({
      concurrency_limit: null,
      global_concurrency_limit: null,
    });
    await expect(
      api.deployments.update(id, { concurrency_limit: 1, global_concurrency_limit_id: newId() }),
    ).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(api.deployments.update(id, { global_concurrency_limit_id: newId() })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("filters, counts, pages and deletes in bulk", async () => {
    const api = await open();
    const [b, a] = [
      await createDeployment(api, { name: "b", tags: ["t"] }),
      await createDeployment(api, { name: "a", paused: true }),
    ];
    const names = async (query: Parameters<typeof api.deployments.filter>[0]) =>
      (await api.deployments.filter(query)).map(({ name }) => name);
    expect(await names({})).toEqual(["a", "b"]);
    expect(await names({ sort: "NAME_DESC" })).toEqual(["b", "a"]);
    expect(await names({ deployments: { tags: { all_: ["t"] } } })).toEqual(["b"]);
    expect(await names({ deployments: { paused: { eq_: true } } })).toEqual(["a"]);
    expect(await names({ deployments: { id: { any_: [b.id] } } })).toEqual(["b"]);
    expect(await names({ flows: { id: { any_: [a.flow_id] } } })).toEqual(["a"]);
    const flow = await api.flows.get(b.flow_id);
    expect(
      await names({ deployments: { flow_or_deployment_name: { like_: flow.name.toUpperCase() } } }),
    ).toEqual(["b"]);
    expect(await api.deployments.paginate({ limit: 1, page: 2 })).toMatchObject({
      results: [{ name: "b" }],
      count: 2,
      limit: 1,
      pages: 2,
      page: 2,
    });
    const deleted = await api.deployments.bulkDelete({ deployments: { name: { any_: ["b"] } } });
    expect(deleted).toEqual({ deleted: [b.id] });
    expect(await api.deployments.count({})).toBe(1);
  });

  describe("schedules", () => scheduleCases(open));
  describe("runs", () => deploymentRunCases(open));
}

/** The runs of a deployment, first due first. */
async function scheduledRuns(api: OrchestrationApi, { id }: { readonly id: string }) {
  return (await api.deployments.getScheduledFlowRuns({ deployment_ids: [id] })).map((run) => ({
    ...run,
    due: microseconds(run.next_scheduled_start_time) / 1_000_000,
  }));
}

function scheduleCases(open: OpenApi): void {
  it("makes the first runs in the call that makes the schedule", async () => {
    const api = await open();
    const deployment = await createDeployment(api, {
      tags: ["t"],
      version: "7",
      parameters: { a: 1, b: 1 },
      schedules: [{ schedule: { interval: DAY }, parameters: { b: 2 }, slug: "daily" }],
    });
    const runs = await scheduledRuns(api, deployment);
    expect(runs).toHaveLength(3);
    expect(runs[0]).toMatchObject({
      state: { type: "SCHEDULED", name: "Scheduled", message: "Flow run scheduled" },
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: "7",
      parameters: { a: 1, b: 2 },
      tags: ["auto-scheduled", "t"],
      auto_scheduled: true,
      created_by: { id: deployment.schedules[0]?.id, type: "SCHEDULE", display_value: "daily" },
    });
    expect(runs[0]?.labels).toMatchObject({ "prefect.deployment.id": deployment.id });
    expect((runs[1]?.due ?? 0) - (runs[0]?.due ?? 0)).toBe(DAY);
    expect(runs[0]?.expected_start_time).toEqual(runs[0]?.next_scheduled_start_time);
  });

  it("makes runs for an hour ahead at least, and a hundred at most", async () => {
    const api = await open();
    const often = await createDeployment(api, { schedules: [{ schedule: { interval: 300 } }] });
    const runs = await scheduledRuns(api, often);
    expect(runs.length).toBeGreaterThanOrEqual(13);
    expect((runs.at(-1)?.due ?? 0) - Date.now() / 1000).toBeGreaterThanOrEqual(HOUR - 1);
    const rapid = await createDeployment(api, { schedules: [{ schedule: { interval: 1 } }] });
    expect(await scheduledRuns(api, rapid)).toHaveLength(100);
    const few = await createDeployment(api, {
      schedules: [{ schedule: { interval: 60 }, max_scheduled_runs: 2 }],
    });
    expect(await scheduledRuns(api, few)).toHaveLength(2);
  });

  it("makes no runs while the deployment or the schedule is not active", async () => {
    const api = await open();
    const schedules = [{ schedule: { interval: DAY } }];
    const paused = await createDeployment(api, { paused: true, schedules });
    expect(await scheduledRuns(api, paused)).toEqual([]);
    await api.deployments.resume(paused.id);
    expect(await api.deployments.get(paused.id)).toMatchObject({ paused: false });
    expect(await scheduledRuns(api, paused)).toHaveLength(3);
    await api.deployments.pause(paused.id);
    expect(await api.deployments.get(paused.id)).toMatchObject({ paused: true });
    expect(await scheduledRuns(api, paused)).toEqual([]);
    const idle = await createDeployment(api, { schedules: [{ schedule: { interval: DAY }, active: false }] });
    expect(await scheduledRuns(api, idle)).toEqual([]);
  });

  it("makes the runs ahead anew when the deployment changes, but not those that have begun or that people made", async () => {
    const api = await open();
    const deployment = await createDeployment(api, { schedules: [{ schedule: { interval: DAY } }] });
    const [due, begun] = await scheduledRuns(api, deployment);
    const own = await api.deployments.createFlowRun(deployment.id, {});
    await api.flowRuns.setState(begun?.id ?? "", {
      state: {
        type: "SCHEDULED",
        name: "AwaitingConcurrencySlot",
        state_details: { scheduled_time: begun?.next_scheduled_start_time },
      },
      force: true,
    });
    await api.deployments.update(deployment.id, { parameters: { a: 2 } });
    const ids = (await scheduledRuns(api, deployment)).map(({ id }) => id);
    expect(ids).toContain(own.id);
    expect(ids).toContain(begun?.id);
    expect(ids).not.toContain(due?.id);
    expect(
      (await scheduledRuns(api, deployment)).filter(({ parameters }) => parameters["a"] === 2).length,
    ).toBeGreaterThanOrEqual(2);
  });

  it("can be added, listed, changed and deleted one by one", async () => {
    const api = await open();
    const deployment = await createDeployment(api);
    const [added] = await api.deployments.createSchedules(deployment.id, [
      { schedule: { cron: "0 9 * * *", timezone: "Europe/Paris" }, slug: "morning" },
    ]);
    expect(added).toMatchObject({
      deployment_id: deployment.id,
      slug: "morning",
      active: true,
      parameters: {},
    });
    expect(added?.schedule).toEqual({ cron: "0 9 * * *", timezone: "Europe/Paris", day_or: true });
    expect(await api.deployments.schedules(deployment.id)).toEqual([added]);
    expect(await scheduledRuns(api, deployment)).toHaveLength(3);
    const id = added?.id ?? "";
    await api.deployments.updateSchedule(deployment.id, id, { parameters: { a: 1 } });
    expect((await scheduledRuns(api, deployment)).map(({ parameters }) => parameters)).toEqual([
      { a: 1 },
      { a: 1 },
      { a: 1 },
    ]);
    await api.deployments.updateSchedule(deployment.id, id, { active: false });
    expect(await scheduledRuns(api, deployment)).toEqual([]);
    await api.deployments.updateSchedule(deployment.id, id, {
      active: true,
      schedule: { rrule: "FREQ=DAILY" },
    });
    expect(await api.deployments.schedules(deployment.id)).toMatchObject([
      { id, slug: "morning", schedule: { rrule: "DTSTART:20200101T000000\nFREQ=DAILY", timezone: "UTC" } },
    ]);
    expect(await scheduledRuns(api, deployment)).toHaveLength(3);
    await api.deployments.deleteSchedule(deployment.id, id);
    expect(await api.deployments.schedules(deployment.id)).toEqual([]);
    expect(await scheduledRuns(api, deployment)).toEqual([]);
    await expect(api.deployments.deleteSchedule(deployment.id, id)).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    await expect(api.deployments.updateSchedule(deployment.id, id, {})).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("refuses schedules that cannot be followed and slugs that are taken", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { schedules: [{ schedule: { cron: "@daily" }, slug: "a" }] });
    for (const schedule of [
      { cron: "61 * * * *" },
      { rrule: "FREQ=NEVER" },
      { interval: 60, timezone: "Mars" },
    ]) {
      await expect(api.deployments.createSchedules(id, [{ schedule }])).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
    await expect(
      api.deployments.createSchedules(id, [{ schedule: { cron: "@hourly" }, slug: "a" }]),
    ).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await api.deployments.schedules(id)).toHaveLength(1);
  });

  it("are changed by their slugs when all have one", async () => {
    const api = await open();
    const { id } = await createDeployment(api, {
      schedules: [
        { schedule: { cron: "@daily" }, slug: "a" },
        { schedule: { cron: "@weekly" }, slug: "b" },
      ],
    });
    const bySlug = async () =>
      Object.fromEntries((await api.deployments.schedules(id)).map((schedule) => [schedule.slug, schedule]));
    const before = await bySlug();
    await api.deployments.update(id, {
      schedules: [
        { slug: "a", active: false },
        { slug: "c", schedule: { cron: "@hourly" } },
      ],
    });
    const after = await bySlug();
    expect(after).toMatchObject({
      a: { id: before["a"]?.id, active: false },
      b: before["b"],
      c: { active: true },
    });
    await api.deployments.update(id, {
      schedules: [
        { slug: "d", replaces: "a" },
        { slug: "a", replaces: "b" },
      ],
    });
    expect(await bySlug()).toMatchObject({ d: { id: before["a"]?.id }, a: { id: before["b"]?.id }, c: {} });
    const refused = [
      [{ schedule: { cron: "@daily" } }],
      [{ slug: "new" }],
      [
        { slug: "x", replaces: "a" },
        { slug: "y", replaces: "a" },
      ],
      [{ slug: "c", replaces: "a" }],
    ];
    for (const schedules of refused) {
      await expect(api.deployments.update(id, { schedules })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
    expect(Object.keys(await bySlug()).toSorted()).toEqual(["a", "c", "d"]);
  });

  it("are replaced when they have no slugs", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { schedules: [{ schedule: { cron: "@daily" } }] });
    await api.deployments.update(id, { schedules: [{ schedule: { cron: "@hourly" }, slug: "h" }] });
    expect(await api.deployments.schedules(id)).toMatchObject([{ slug: "h", schedule: { cron: "@hourly" } }]);
    await api.deployments.update(id, { schedules: [] });
    expect(await api.deployments.schedules(id)).toHaveLength(1);
  });

  it("make runs for a time of one's choice, past ones too, each once", async () => {
    const api = await open();
    const deployment = await createDeployment(api, {
      schedules: [{ schedule: { interval: HOUR, anchor_date: "2026-01-01T00:00:00Z" } }],
      paused: true,
    });
    const window = {
      start_time: "2026-02-01T00:00:00Z",
      end_time: "2026-02-01T05:00:00Z",
      min_time: 5 * HOUR,
    };
    await api.deployments.schedule(deployment.id, window);
    await api.deployments.schedule(deployment.id, window);
    const runs = await scheduledRuns(api, deployment);
    expect(runs.map(({ due }) => due - Date.parse("2026-02-01T00:00:00Z") / 1000)).toEqual(
      [0, 1, 2, 3, 4, 5].map((hours) => hours * HOUR),
    );
  });
}

function deploymentRunCases(open: OpenApi): void {
  it("have what their deployment has, and what the caller adds", async () => {
    const api = await open();
    const deployment = await createDeployment(api, {
      tags: ["a"],
      parameters: { limit: 1, path: "x" },
      parameter_openapi_schema: PARAMETERS,
      version: "3",
      labels: { team: "data" },
    });
    const run = await api.deployments.createFlowRun(deployment.id, {
      name: "by hand",
      parameters: { limit: 2 },
      tags: ["b", "a"],
      labels: { why: "test" },
      job_variables: { cpu: 2 },
    });
    expect(run).toMatchObject({
      name: "by hand",
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: "3",
      parameters: { limit: 2, path: "x" },
      labels: {
        team: "data",
        why: "test",
        "prefect.deployment.id": deployment.id,
        "prefect.flow.id": deployment.flow_id,
      },
      job_variables: { cpu: 2 },
      auto_scheduled: false,
      state: { type: "SCHEDULED", name: "Scheduled" },
    });
    expect(run.tags.toSorted()).toEqual(["a", "b"]);
    expect(await api.flowRuns.get(run.id)).toMatchObject({ id: run.id, name: "by hand" });
    const later = "2099-01-01T00:00:00.000000Z";
    const scheduled = await api.deployments.createFlowRun(deployment.id, {
      state: { type: "SCHEDULED", state_details: { scheduled_time: later } },
    });
    expect(microseconds(scheduled.next_scheduled_start_time)).toBe(microseconds(later));
  });

  it("are made once per idempotency key", async () => {
    const api = await open();
    const { id } = await createDeployment(api);
    const first = await api.deployments.createFlowRun(id, { idempotency_key: "k" });
    expect(await api.deployments.createFlowRun(id, { idempotency_key: "k" })).toMatchObject({ id: first.id });
  });

  it("need parameters that fit the schema, unless it is not enforced", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { parameter_openapi_schema: PARAMETERS });
    await expect(api.deployments.createFlowRun(id, {})).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(api.deployments.createFlowRun(id, { parameters: { limit: "x" } })).rejects.toThrow(/limit/);
    await api.deployments.createFlowRun(id, { parameters: { limit: "x" }, enforce_parameter_schema: false });
    await expect(api.deployments.createFlowRun(newId(), {})).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    await expect(
      api.deployments.createFlowRun(id, { parameters: { limit: 1 }, work_queue_name: "q" }),
    ).rejects.toMatchObject({ code: "UNSUITABLE_REQUEST" });
  });

  it("get the values that their parameters stand for", async () => {
    const api = await open();
    const { id } = await createDeployment(api);
    const run = await api.deployments.createFlowRun(id, {
      parameters: {
        list: { __prefect_kind: "json", value: "[1, 2]" },
        sum: { __prefect_kind: "jinja", template: "{{ 1 + 1 }} things" },
        plain: { __prefect_kind: "none", value: { deep: { __prefect_kind: "json", value: "true" } } },
        left: { __prefect_kind: "json" },
      },
    });
    expect(run.parameters).toEqual({ list: [1, 2], sum: "2 things", plain: { deep: true } });
    for (const wrong of [
      { __prefect_kind: "json", value: "{" },
      { __prefect_kind: "jinja", template: "{{ " },
      { __prefect_kind: "jinja", template: "{% for i in [1] %}{% endfor %}" },
      { __prefect_kind: "workspace_variable", variable_name: "none such" },
    ]) {
      await expect(api.deployments.createFlowRun(id, { parameters: { wrong } })).rejects.toMatchObject({
        code: "UNSUITABLE_REQUEST",
      });
    }
  });

  it("can be made in bulk, each by itself", async () => {
    const api = await open();
    const { id } = await createDeployment(api, { parameter_openapi_schema: PARAMETERS });
    const { results } = await api.deployments.createFlowRuns(id, [
      { parameters: { limit: 1 } },
      { parameters: { limit: "x" } },
      { parameters: { limit: 3 } },
    ]);
    expect(results.map(({ status }) => status)).toEqual(["CREATED", "FAILED", "CREATED"]);
    expect(results[1]).toMatchObject({ flow_run_id: null, error: expect.stringContaining("limit") });
    expect(await api.flowRuns.get(results[2]?.flow_run_id ?? "")).toMatchObject({ parameters: { limit: 3 } });
    await expect(api.deployments.createFlowRuns(newId(), [])).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    await expect(
      api.deployments.createFlowRuns(
        id,
        Array.from({ length: 101 }, () => ({})),
      ),
    ).rejects.toMatchObject({ code: "UNSUITABLE_REQUEST" });
  });

  it("are given to who polls for them when they are due, and the deployment is ready", async () => {
    const api = await open();
    const deployment = await createDeployment(api, { schedules: [{ schedule: { interval: DAY } }] });
    const other = await createDeployment(api);
    const [run] = [await api.deployments.createFlowRun(deployment.id, {})];
    await api.deployments.createFlowRun(other.id, {});
    const poll = (seconds: number, limit?: number) =>
      api.deployments.getScheduledFlowRuns({
        deployment_ids: [deployment.id],
        scheduled_before: new Date(Date.now() + seconds * 1000).toISOString(),
        ...(limit !== undefined && { limit }),
      });
    expect((await poll(10)).map(({ id }) => id)).toContain(run.id);
    expect(await poll(10 * DAY)).toHaveLength(4);
    expect(await poll(10 * DAY, 2)).toHaveLength(2);
    await expect(poll(1, 201)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await api.deployments.get(deployment.id)).toMatchObject({
      status: "READY",
      last_polled: expect.any(String),
    });
    expect(await api.deployments.get(other.id)).toMatchObject({ status: "NOT_READY" });
    await api.flowRuns.setState(run.id, { state: { type: "PENDING" } });
    expect((await poll(10)).map(({ id }) => id)).not.toContain(run.id);
    expect(await api.deployments.getScheduledFlowRuns({ deployment_ids: [] })).toEqual([]);
  });

  it("that have not begun go with their deployment", async () => {
    const api = await open();
    const deployment = await createDeployment(api, {
      concurrency_limit: 1,
      schedules: [{ schedule: { interval: DAY } }],
    });
    const waiting = await api.deployments.createFlowRun(deployment.id, {});
    const running = await api.deployments.createFlowRun(deployment.id, { state: { type: "RUNNING" } });
    await api.deployments.delete(deployment.id);
    await expect(api.deployments.get(deployment.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await expect(api.flowRuns.get(waiting.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect(await api.flowRuns.get(running.id)).toMatchObject({ id: running.id });
    expect(await api.deployments.getScheduledFlowRuns({ deployment_ids: [deployment.id] })).toEqual([]);
    await expect(api.deployments.delete(deployment.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });
}
