import type { Deployment, FlowRun } from "@sluice/protocol";
import { describe, expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

const DAY = 86_400;
const NO_ID = "00000000-0000-4000-8000-000000000000";

async function deploy(server: TestServer, members: object = {}): Promise<Deployment> {
  const flow = await server.json<{ id: string }>("/flows/", { body: { name: "etl" } });
  return server.json<Deployment>("/deployments/", { body: { name: "prod", flow_id: flow.id, ...members } });
}

describe("deployments over HTTP", () => {
  it("are created with 201 and changed with 200 by the same call", async () => {
    const server = await startTestServer();
    const flow = await server.json<{ id: string }>("/flows/", { body: { name: "etl" } });
    const create = () => server.fetch("/deployments/", { body: { name: "prod", flow_id: flow.id } });
    const [first, second] = [await create(), await create()];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toMatchObject({ id: ((await first.json()) as Deployment).id });
  });

  it("are answered with every member that Prefect's clients know", async () => {
    const server = await startTestServer();
    const deployment = await deploy(server, { schedules: [{ schedule: { interval: DAY } }] });
    expect(Object.keys(deployment).toSorted()).toEqual(
      [
        ...["id", "created", "updated", "name", "version", "description", "flow_id", "paused", "schedules"],
        ...["concurrency_limit", "global_concurrency_limit", "concurrency_options", "job_variables"],
        ...["parameters", "tags", "labels", "work_queue_name", "work_queue_id", "last_polled"],
        ...["parameter_openapi_schema", "path", "pull_steps", "entrypoint", "storage_document_id"],
        ...["infrastructure_document_id", "created_by", "updated_by", "work_pool_name", "status"],
        "enforce_parameter_schema",
      ].toSorted(),
    );
    expect(Object.keys(deployment.schedules[0] ?? {}).toSorted()).toEqual(
      [
        ...["id", "created", "updated", "deployment_id", "schedule", "active", "max_scheduled_runs"],
        ...["parameters", "slug"],
      ].toSorted(),
    );
  });

  it("take what serve() sends", async () => {
    const server = await startTestServer();
    const schedule = { interval: 3600.0, anchor_date: "2026-11-20T11:46:51.929488Z", timezone: "UTC" };
    const answer = await deploy(server, {
      schedules: [
        { schedule, active: true, max_scheduled_runs: null, parameters: {}, slug: null, replaces: null },
      ],
      path: ".",
      entrypoint: "flows/f4.py:served",
      version: "1",
      version_info: { type: "prefect:simple", version: "1" },
      work_queue_name: null,
      job_variables: {},
    });
    expect(answer.schedules).toMatchObject([{ schedule }]);
  });

  it("refuse members that they do not have, schedules of no kind, and ids that are none", async () => {
    const server = await startTestServer();
    const { id, flow_id } = await deploy(server);
    const create = (members: object) =>
      server.fetch("/deployments/", { body: { name: "x", flow_id, ...members } });
    const extra = await create({ nonsense: 1 });
    expect(extra.status).toBe(422);
    expect(await extra.json()).toMatchObject({ exception_detail: [{ type: "extra_forbidden" }] });
    for (const schedule of [{}, { cron: "@daily", interval: 1 }, { interval: 0 }, { cron: "61 * * * *" }]) {
      expect((await create({ schedules: [{ schedule }] })).status).toBe(422);
    }
    expect((await create({ name: "a/b" })).status).toBe(422);
    expect((await create({ flow_id: NO_ID })).status).toBe(409);
    expect((await create({ storage_document_id: NO_ID })).status).toBe(409);
    expect((await create({ work_pool_name: "none such" })).status).toBe(404);
    expect((await server.fetch("/deployments/nonsense")).status).toBe(404);
    expect((await server.fetch(`/deployments/${NO_ID}`)).status).toBe(404);
    expect((await server.fetch(`/deployments/${id}/schedules/nonsense`, { method: "DELETE" })).status).toBe(
      404,
    );
    expect((await server.fetch(`/deployments/${id}/schedules/${NO_ID}`, { method: "DELETE" })).status).toBe(
      404,
    );
  });

  it("are changed and deleted with 204, paused and resumed with 200 and null", async () => {
    const server = await startTestServer();
    const { id } = await deploy(server);
    expect(
      (await server.fetch(`/deployments/${id}`, { method: "PATCH", body: { tags: ["a"] } })).status,
    ).toBe(204);
    for (const operation of ["pause_deployment", "resume_deployment", "schedule"]) {
      const answer = await server.fetch(`/deployments/${id}/${operation}`, { method: "POST" });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toBeNull();
    }
    expect(await server.json(`/deployments/${id}/work_queue_check`)).toEqual([]);
    expect((await server.fetch(`/deployments/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await server.fetch(`/deployments/${id}`)).status).toBe(404);
  });

  it("are found by names that need escapes", async () => {
    const server = await startTestServer();
    const flow = await server.json<{ id: string }>("/flows/", { body: { name: "etl ü" } });
    await server.fetch("/deployments/", { body: { name: "prod eu", flow_id: flow.id } });
    const path = `/deployments/name/${encodeURIComponent("etl ü")}/${encodeURIComponent("prod eu")}`;
    expect(await server.json(path)).toMatchObject({ name: "prod eu", flow_id: flow.id });
    expect((await server.fetch("/deployments/name/etl/none")).status).toBe(404);
  });

  it("give their runs with 201, known ones with 200, and say why there is none", async () => {
    const server = await startTestServer();
    const properties = { n: { type: "integer", position: 0 } };
    const { id } = await deploy(server, { parameter_openapi_schema: { type: "object", properties } });
    const run = (body: object) => server.fetch(`/deployments/${id}/create_flow_run`, { body });
    expect((await run({ idempotency_key: "k", parameters: { n: 1 } })).status).toBe(201);
    expect((await run({ idempotency_key: "k" })).status).toBe(200);
    const misfit = await run({ parameters: { n: "x" } });
    expect(misfit.status).toBe(409);
    expect(await misfit.json()).toMatchObject({ detail: expect.stringContaining("n must be integer") });
    expect((await run({ parameters: { n: { __prefect_kind: "json", value: "{" } } })).status).toBe(400);
    expect((await run({ work_queue_name: "q" })).status).toBe(400);
    expect((await run({ deployment_id: id })).status).toBe(422);
    const bulk = await server.fetch(`/deployments/${id}/create_flow_run/bulk`, {
      body: [{ parameters: { n: 1 } }, { parameters: { n: "x" } }],
    });
    expect(bulk.status).toBe(200);
    expect(await bulk.json()).toMatchObject({ results: [{ status: "CREATED" }, { status: "FAILED" }] });
  });

  it("answer 422 to parameters whose schema refers to itself without end", async () => {
    const server = await startTestServer();
    const { id } = await deploy(server);
    const body = { parameter_openapi_schema: { $ref: "#" } };
    expect((await server.fetch(`/deployments/${id}`, { method: "PATCH", body })).status).toBe(422);
  });

  it("give the runs that are due to pollers, who write times as Python does", async () => {
    const server = await startTestServer();
    const deployment = await deploy(server, { schedules: [{ schedule: { interval: DAY } }] });
    const poll = (scheduled_before: unknown, limit?: number) =>
      server.fetch("/deployments/get_scheduled_flow_runs", {
        body: { deployment_ids: [deployment.id], scheduled_before, limit, unknown: true },
      });
    const pythonTime = (ms: number) =>
      `${new Date(ms).toISOString().replace("T", " ").replace("Z", "")}000+00:00`;
    const soon = await poll(pythonTime(Date.now() + 10_000));
    expect(soon.status).toBe(200);
    expect(await soon.json()).toEqual([]);
    const runs = (await (await poll(pythonTime(Date.now() + 10 * DAY * 1000))).json()) as FlowRun[];
    expect(runs).toHaveLength(3);
    expect(runs[0]).toMatchObject({ auto_scheduled: true, created_by: { type: "SCHEDULE" } });
    expect((await poll(null, 201)).status).toBe(422);
    expect(await server.json(`/deployments/${deployment.id}`)).toMatchObject({ status: "READY" });
  });

  it("are scheduled and marked late by the server itself", async () => {
    const server = await startTestServer({ hasServices: true });
    const { id } = await deploy(server);
    const overdue = new Date(Date.now() - 60_000).toISOString();
    const run = await server.json<FlowRun>(`/deployments/${id}/create_flow_run`, {
      body: { state: { type: "SCHEDULED", state_details: { scheduled_time: overdue } } },
    });
    await vi.waitFor(
      async () => expect(await server.json(`/flow_runs/${run.id}`)).toMatchObject({ state_name: "Late" }),
      { timeout: 15_000, interval: 100 },
    );
  }, 20_000);
});
