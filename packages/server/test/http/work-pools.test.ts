import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

async function createPool(server: TestServer, members: object = {}): Promise<void> {
  const answer = await server.fetch("/work_pools/", {
    body: { name: "machines", type: "process", ...members },
  });
  expect(answer.status).toBe(201);
}

describe("work pools over HTTP", () => {
  it("are refused where the name is taken, reserved or none", async () => {
    const server = await startTestServer();
    await createPool(server);
    const statusOf = async (name: string) => (await server.fetch("/work_pools/", { body: { name } })).status;
    expect(await statusOf("machines")).toBe(409);
    expect(await statusOf("PREFECT-managed")).toBe(403);
    expect(await statusOf("a/b")).toBe(422);
    expect(await statusOf("  ")).toBe(422);
    expect((await server.fetch("/work_pools/prefect", { method: "DELETE" })).status).toBe(404);
  });

  it("take an empty list of queues, instants of Python, and members they do not know when they are asked for runs", async () => {
    const server = await startTestServer();
    await createPool(server);
    const flow = await server.json<{ id: string }>("/flows/", { body: { name: "etl" } });
    const run = await server.json<{ id: string }>("/flow_runs/", {
      body: { flow_id: flow.id, work_pool_name: "machines", state: { type: "SCHEDULED" } },
    });
    const scheduled_before = `${new Date(Date.now() + 10_000).toISOString().replace("T", " ").slice(0, -1)}000+00:00`;
    const answer = await server.json("/work_pools/machines/get_scheduled_flow_runs", {
      body: { work_queue_names: [], scheduled_before, scheduled_after: null, unknown: 1 },
    });
    expect(answer).toMatchObject([{ work_pool_id: expect.any(String), flow_run: { id: run.id } }]);
    const tooMany = { body: { limit: 201 } };
    expect((await server.fetch("/work_pools/machines/get_scheduled_flow_runs", tooMany)).status).toBe(422);
    expect((await server.fetch("/work_pools/nowhere/get_scheduled_flow_runs", { body: {} })).status).toBe(
      404,
    );
  });

  it("have no channel for workers, so that these beat over REST", async () => {
    const server = await startTestServer();
    await createPool(server);
    expect((await server.fetch("/work_pools/machines/workers/connect")).status).toBe(404);
    const beat = { body: { name: "w", heartbeat_interval_seconds: 30 } };
    expect((await server.fetch("/work_pools/machines/workers/heartbeat", beat)).status).toBe(204);
    const deleted = await server.fetch("/work_pools/machines/workers/w", { method: "DELETE" });
    expect(deleted.status).toBe(204);
  });

  it("do not tell old clients where results are stored, which they refuse", async () => {
    const server = await startTestServer();
    const id = randomUUID();
    await createPool(server, { storage_configuration: { default_result_storage_block_id: id } });
    const asked = (version: string) =>
      server.json("/work_pools/machines", { headers: { "User-Agent": `prefect/${version} (API 0.8.4)` } });
    expect(await asked("3.3.8")).toMatchObject({
      storage_configuration: { default_result_storage_block_id: id },
    });
    expect(await asked("3.3.7")).toMatchObject({ storage_configuration: {} });
    expect(JSON.stringify(await asked("3.3.7"))).not.toContain(id);
  });
});

describe("work queues over HTTP", () => {
  it("are found by id, by those who have nothing else", async () => {
    const server = await startTestServer();
    await createPool(server);
    const made = await server.fetch("/work_pools/machines/queues", {
      body: { name: "urgent", filter: null },
    });
    expect(made.status).toBe(201);
    const queue = (await made.json()) as { id: string };
    expect(await server.json(`/work_queues/${queue.id}`)).toEqual(queue);
    expect((await server.fetch("/work_queues/none")).status).toBe(404);
    expect((await server.fetch(`/work_queues/${randomUUID()}`)).status).toBe(404);
    expect((await server.fetch("/work_pools/machines/queues/default", { method: "DELETE" })).status).toBe(
      409,
    );
  });
});
