import { newId, type WorkPool, type WorkQueue } from "@sluice/protocol";
import { describe, expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "../http/test-server.ts";
import { connectAs, type TestSocket } from "./test-socket.ts";

const TEMPLATE = {
  job_configuration: { command: "{{ command }}" },
  variables: { properties: { command: {} } },
};

function helloOf(members: Readonly<Record<string, unknown>> = {}) {
  return {
    type: "worker.hello.v1",
    id: newId(),
    sent_at: new Date().toISOString(),
    payload: {
      consumer_id: newId(),
      worker_name: "w",
      worker_type: "process",
      heartbeat_interval_seconds: 30,
      supported_channel_versions: ["work_pool_worker_channel.v1"],
      requested_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1", "cleanup_delivery.v1"],
      work_queue_names: [],
      handled_cleanup_kinds: ["cancelling_timeout_teardown.v1"],
      max_cleanup_concurrency: 1,
      create_pool_if_not_found: false,
      default_base_job_template: {},
      worker_metadata: null,
      ...members,
    },
  };
}

function connectWorker(server: TestServer, pool = "pool"): Promise<TestSocket> {
  return connectAs(server, `/work_pools/${encodeURIComponent(pool)}/workers/connect`);
}

async function makePool(server: TestServer): Promise<WorkPool> {
  return server.json<WorkPool>("/work_pools/", {
    body: { name: "pool", type: "process", base_job_template: TEMPLATE },
  });
}

async function workers(server: TestServer) {
  return server.json<{ name: string; status: string }[]>("/work_pools/pool/workers/filter", { body: {} });
}

describe("the channel of a worker", () => {
  it("tells what is spoken and shows the pool, and the worker is online", async () => {
    const server = await startTestServer();
    const pool = await makePool(server);
    const queue = await server.json<WorkQueue>("/work_pools/pool/queues/default");
    const worker = await connectWorker(server);
    const hello = helloOf({ work_queue_names: ["default"] });
    worker.send(hello);
    await vi.waitFor(() => expect(worker.frames).toHaveLength(1));
    expect(worker.frames[0]).toMatchObject({
      type: "worker.ready.v1",
      payload: {
        consumer_id: hello.payload.consumer_id,
        worker_id: null,
        selected_channel_version: "work_pool_worker_channel.v1",
        effective_heartbeat_interval_seconds: 30,
        accepted_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1"],
        rejected_capabilities: ["cleanup_delivery.v1"],
        effective_max_cleanup_concurrency: 0,
        resolved_work_queues: [{ id: queue.id, name: "default" }],
        initial_snapshot: {
          snapshot_sequence: 1,
          reason: "initial",
          work_pool: { id: pool.id, base_job_template: TEMPLATE },
        },
      },
    });
    expect(await workers(server)).toMatchObject([{ name: "w", status: "ONLINE" }]);
  });

  it("shows the pool again when it changes, and ends with the pool", async () => {
    const server = await startTestServer();
    await makePool(server);
    const worker = await connectWorker(server);
    worker.send(helloOf());
    await vi.waitFor(() => expect(worker.frames).toHaveLength(1));
    await server.fetch("/work_pools/pool", { method: "PATCH", body: { is_paused: true } });
    await vi.waitFor(() => expect(worker.frames).toHaveLength(2));
    expect(worker.frames[1]).toMatchObject({
      type: "work_pool.snapshot.v1",
      payload: { snapshot_sequence: 2, reason: "work_pool_updated", work_pool: { is_paused: true } },
    });
    await server.fetch("/work_pools/pool", { method: "DELETE" });
    expect(await worker.closed).toEqual([1008, "authorization_failed"]);
  });

  it("takes heartbeats of its worker only", async () => {
    const server = await startTestServer();
    await makePool(server);
    const worker = await connectWorker(server);
    const hello = helloOf();
    worker.send(hello);
    await vi.waitFor(() => expect(worker.frames).toHaveLength(1));
    const { consumer_id, worker_name } = hello.payload;
    const beat = { consumer_id, worker_name, heartbeat_interval_seconds: 7 };
    worker.send({ ...hello, type: "worker.heartbeat.v1", payload: beat });
    await vi.waitFor(async () =>
      expect(await workers(server)).toMatchObject([{ name: "w", heartbeat_interval_seconds: 7 }]),
    );
    worker.send({ ...hello, type: "worker.heartbeat.v1", payload: { ...beat, worker_name: "other" } });
    expect(await worker.closed).toEqual([1002, "protocol_error"]);
    expect(await workers(server)).toHaveLength(1);
  });

  it("makes a pool that is not there when the worker may, and gives it the worker's template", async () => {
    const server = await startTestServer();
    const members = { create_pool_if_not_found: true, default_base_job_template: TEMPLATE };
    const two = [await connectWorker(server, "näw pool"), await connectWorker(server, "näw pool")];
    for (const worker of two) worker.send(helloOf(members));
    for (const worker of two) await vi.waitFor(() => expect(worker.frames).toHaveLength(1));
    const path = `/work_pools/${encodeURIComponent("näw pool")}`;
    expect(await server.json(path)).toMatchObject({ type: "process", base_job_template: TEMPLATE });
    await server.fetch("/work_pools/", { body: { name: "pool", type: "process" } });
    const worker = await connectWorker(server);
    worker.send(helloOf(members));
    await vi.waitFor(() => expect(worker.frames).toHaveLength(1));
    expect(await server.json("/work_pools/pool")).toMatchObject({ base_job_template: TEMPLATE });
  });

  it.each([
    ["without its pool", helloOf(), [1008, "authorization_failed"]],
    ["of another version", helloOf({ supported_channel_versions: ["v9"] }), [1008, "unsupported_version"]],
    ["that cannot do what all can", helloOf({ requested_capabilities: ["other"] }), [1002, "protocol_error"]],
    ["that says something else", { type: "worker.heartbeat.v1" }, [1002, "protocol_error"]],
    ["that says nothing one can read", "{", [1002, "protocol_error"]],
  ])("is closed to a worker %s", async (_what, frame, end) => {
    const server = await startTestServer();
    const worker = await connectWorker(server);
    worker.send(frame);
    expect(await worker.closed).toEqual(end);
  });
});
