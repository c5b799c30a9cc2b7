/** Cases of the API suite on labels, pages, histories and graphs of flow runs, and on many of them. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, engineRecord, engineState, inSeconds, type OpenApi } from "./open-api.ts";

export function flowRunViewCases(open: OpenApi): void {
  manyCases(open);
  filterCases(open);
  historyCases(open);
  graphCases(open);
}

function manyCases(open: OpenApi): void {
  it("adds labels and keeps the others", async () => {
    const api = await open();
    const { id, flow_id } = await createRun(api, { type: "PENDING" }, { labels: { a: 1, b: "x" } });
    await api.flowRuns.updateLabels(id, { b: "y", c: true });
    const labels = { a: 1, b: "y", c: true, "prefect.flow.id": flow_id };
    expect((await api.flowRuns.get(id)).labels).toEqual(labels);
    const missing = api.flowRuns.updateLabels(newId(), { a: 1 });
    await expect(missing).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("gives pages with how many there are", async () => {
    const api = await open();
    for (const name of ["a", "b", "c"]) await createRun(api, { type: "PENDING" }, { name });
    const page = await api.flowRuns.paginate({ sort: "NAME_ASC", limit: 2, page: 2 });
    expect(page).toMatchObject({ results: [{ name: "c" }], count: 3, limit: 2, pages: 2, page: 2 });
  });

  it("deletes those that match", async () => {
    const api = await open();
    const [a, b] = [await createRun(api, { type: "RUNNING" }), await createRun(api, { type: "COMPLETED" })];
    const flow_runs = { state: { type: { any_: ["COMPLETED" as const] } } };
    expect(await api.flowRuns.bulkDelete({ flow_runs })).toEqual({ deleted: [b.id] });
    expect(await api.flowRuns.filter({})).toMatchObject([{ id: a.id }]);
  });

  it("sets the state of those that match, each by the rules", async () => {
    const api = await open();
    const running = await createRun(api, { type: "RUNNING" });
    const ended = await createRun(api, { type: "CANCELLED" });
    const state = { type: "CRASHED" } as const;
    const { results } = await api.flowRuns.bulkSetState({ state });
    expect(Object.fromEntries(results.map((each) => [each.flow_run_id, each.status]))).toEqual({
      [running.id]: "ACCEPT",
      [ended.id]: "ABORT",
    });
    const forced = await api.flowRuns.bulkSetState({ state, force: true, limit: 1 });
    expect(forced.results).toMatchObject([{ status: "ACCEPT", state: { type: "CRASHED" } }]);
  });
}

function filterCases(open: OpenApi): void {
  it("lists runs by deployment and by who created them", async () => {
    const api = await open();
    const bare = await createRun(api);
    const deployment = await api.deployments.create({ name: "nightly", flow_id: bare.flow_id, tags: ["t"] });
    const run = await api.deployments.createFlowRun(deployment.id, {});
    const ids = async (query: Parameters<typeof api.flowRuns.filter>[0]) =>
      (await api.flowRuns.filter(query)).map(({ id }) => id);
    expect(await ids({ flow_runs: { deployment_id: { any_: [deployment.id] } } })).toEqual([run.id]);
    expect(await ids({ flow_runs: { deployment_id: { is_null_: true } } })).toEqual([bare.id]);
    expect(await ids({ deployments: { name: { any_: ["nightly"] } } })).toEqual([run.id]);
    expect(await ids({ deployments: { tags: { all_: ["other"] } } })).toEqual([]);
    expect(await ids({ flow_runs: { created_by: { is_null_: false } } })).toEqual(
      run.created_by === null ? [] : [run.id],
    );
    expect(await ids({ flow_runs: { created_by: { type_: ["NOBODY"] } } })).toEqual([]);
    expect(await ids({ flow_runs: { work_queue_name: { is_null_: true } } })).toHaveLength(2);
  });

  it("lists runs by who created them", async () => {
    const api = await open();
    const { flow_id } = await createRun(api);
    const deployment = await api.deployments.create({
      name: "hourly",
      flow_id,
      schedules: [{ schedule: { interval: 3600, anchor_date: inSeconds(0) } }],
    });
    const [schedule] = await api.deployments.schedules(deployment.id);
    const all = await api.flowRuns.count({ flow_runs: { created_by: { type_: ["SCHEDULE", "USER"] } } });
    expect(all).toBeGreaterThan(0);
    expect(await api.flowRuns.count({ flow_runs: { created_by: { id_: [schedule?.id ?? ""] } } })).toBe(all);
    expect(await api.flowRuns.count({ flow_runs: { created_by: { id_: [newId()] } } })).toBe(0);
  });

  it("lists runs by work pool and queue", async () => {
    const api = await open();
    await api.workPools.create({ name: "pool" });
    const { flow_id } = await createRun(api);
    const run = await api.flowRuns.create({ flow_id, work_pool_name: "pool", work_queue_name: "default" });
    const ids = async (query: Parameters<typeof api.flowRuns.filter>[0]) =>
      (await api.flowRuns.filter(query)).map(({ id }) => id);
    expect(await ids({ work_pools: { name: { any_: ["pool"] } } })).toEqual([run.id]);
    expect(await ids({ work_pools: { name: { any_: ["other"] } } })).toEqual([]);
    expect(await ids({ work_pool_queues: { name: { any_: ["default"] } } })).toEqual([run.id]);
    expect(await ids({ flow_runs: { work_queue_name: { any_: ["default"] } } })).toEqual([run.id]);
  });
}

function historyCases(open: OpenApi): void {
  it("counts runs by when they were expected to start, and by state", async () => {
    const api = await open();
    const start = "2026-01-01T00:00:00Z";
    const scheduled = (time: string) =>
      createRun(api, { type: "SCHEDULED", state_details: { scheduled_time: time } });
    await scheduled("2026-01-01T00:00:00Z");
    await scheduled("2026-01-01T00:59:59.999999Z");
    await scheduled("2026-01-01T02:00:00Z");
    await scheduled("2026-01-01T03:00:00Z");
    const history = await api.flowRuns.history({
      history_start: start,
      history_end: "2026-01-01T03:00:00Z",
      history_interval_seconds: 3600,
    });
    expect(history.map(({ states }) => states.map((state) => state.count_runs))).toEqual([[2], [], [1]]);
    expect(history[0]?.states[0]).toMatchObject({
      state_type: "SCHEDULED",
      state_name: "Scheduled",
      sum_estimated_run_time: 0,
      sum_estimated_lateness: expect.any(Number),
    });
    expect(Date.parse(history[1]?.interval_start ?? "")).toBe(Date.parse("2026-01-01T01:00:00Z"));
    expect(Date.parse(history[1]?.interval_end ?? "")).toBe(Date.parse("2026-01-01T02:00:00Z"));
  });

  it("may be one span of any length", async () => {
    const api = await open();
    const query = { history_start: "2026-01-01T00:00:00Z", history_end: "9999-12-31T00:00:00Z" };
    expect(await api.flowRuns.history({ ...query, history_interval_seconds: 1e300 })).toHaveLength(1);
  });

  it("has at most 500 spans, of at least a second", async () => {
    const api = await open();
    const query = { history_start: "2026-01-01T00:00:00Z", history_end: "2026-01-02T00:00:00Z" };
    expect(await api.flowRuns.history({ ...query, history_interval_seconds: 1 })).toHaveLength(500);
    const instant = api.flowRuns.history({ ...query, history_interval_seconds: 0.5 });
    await expect(instant).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("counts task runs too", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    await api.taskRuns.create({ flow_run_id: run.id, task_key: "t", dynamic_key: "0" });
    const history = await api.taskRuns.history({
      history_start: inSeconds(-60),
      history_end: inSeconds(60),
      history_interval_seconds: 120,
    });
    expect(history.flatMap(({ states }) => states)).toMatchObject([{ state_type: "PENDING", count_runs: 1 }]);
  });

  it("knows how late runs are on average", async () => {
    const api = await open();
    expect(await api.flowRuns.lateness({})).toBeNull();
    const details = { state_details: { scheduled_time: inSeconds(-100) } };
    const { id } = await createRun(api, { type: "SCHEDULED", ...details });
    const lateness = await api.flowRuns.lateness({ flow_runs: { id: { any_: [id] } } });
    expect(lateness).toBeGreaterThanOrEqual(99);
    expect(lateness).toBeLessThan(160);
  });
}

function graphCases(open: OpenApi): void {
  it("shows what waited for what, and a sub-flow run in place of its task run", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    const [first, second] = [newId(), newId()];
    const states = (second_: number) => [engineState("COMPLETED", inSeconds(second_))];
    await api.taskRuns.record([
      engineRecord(run.id, states(1), { id: first, name: "read", start_time: inSeconds(1) }),
      engineRecord(run.id, states(3), {
        id: second,
        name: "clean",
        start_time: inSeconds(3),
        task_inputs: {
          rows: [{ input_type: "task_run", id: first }],
          __parents__: [{ input_type: "task_run", id: first }],
          n: [{ input_type: "parameter", name: "n" }],
        },
      }),
    ]);
    const standIn = await api.taskRuns.create({
      flow_run_id: run.id,
      task_key: "sub",
      dynamic_key: "0",
      task_inputs: { x: [{ input_type: "task_run", id: second }] },
    });
    const sub = await createRun(api, { type: "RUNNING" }, { parent_task_run_id: standIn.id, name: "sub" });
    const artifact = await api.artifacts.create({
      key: "k",
      type: "progress",
      data: 5,
      task_run_id: first,
      flow_run_id: run.id,
    });
    const graph = await api.flowRuns.graph(run.id);
    const nodes = new Map(graph.nodes);
    expect(nodes.get(first)).toMatchObject({
      kind: "task-run",
      label: "read",
      state_type: "COMPLETED",
      parents: [],
      children: [{ id: second }],
      artifacts: [{ id: artifact.id, is_latest: true, data: 5 }],
    });
    expect(nodes.get(second)).toMatchObject({
      parents: [{ id: first }],
      children: [{ id: sub.id }],
      encapsulating: [{ id: first }],
    });
    const { name: flowName } = await api.flows.get(sub.flow_id);
    expect(nodes.get(sub.id)).toMatchObject({
      kind: "flow-run",
      label: `${flowName} / sub`,
      parents: [{ id: second }],
    });
    expect(nodes.size).toBe(3);
    expect(graph.root_node_ids).toEqual([first]);
    expect(graph.states).toMatchObject([{ type: "RUNNING" }]);
    const dependencies = await api.flowRuns.dependencies(run.id);
    expect(dependencies.find(({ id }) => id === second)?.upstream_dependencies).toEqual([
      { input_type: "task_run", id: first },
      { input_type: "parameter", name: "n" },
    ]);
    await expect(api.flowRuns.graph(newId())).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });
}
