import { expect, it } from "vitest";
import type { WorkerType } from "../../src/collections/worker-type.ts";
import { startTestServer } from "./test-server.ts";

it("tells who it is and that it is well", async () => {
  const server = await startTestServer();
  const answers = ["health", "ready", "hello", "version", "admin/version", "admin/storage"].map(
    async (path) => (await server.fetch(`/${path}`)).json(),
  );
  expect(await Promise.all(answers)).toEqual([
    true,
    { message: "OK" },
    "👋",
    "0.8.4",
    "3.8.8",
    { default_result_storage_block_id: null },
  ]);
});

it("is taken for the Prefect release it is told", async () => {
  const server = await startTestServer({ prefectVersion: "3.9.0" });
  expect(await (await server.fetch("/admin/version")).json()).toBe("3.9.0");
});

it("shows its settings without the password", async () => {
  const server = await startTestServer({
    authString: "me:hunter22",
    retention: { eventDaysByName: { "etl.": 90 } },
  });
  const headers = { Authorization: `Basic ${btoa("me:hunter22")}` };
  const text = await (await server.fetch("/admin/settings", { headers })).text();
  expect(JSON.parse(text)).toMatchObject({
    server: {
      api: { host: "127.0.0.1", auth_string: "********", csrf_protection_enabled: false },
      retention: { event_days: 7, event_days_by_name: { "etl.": 90 }, log_days: 30, flow_run_days: null },
    },
  });
  expect(text).not.toContain("hunter22");
});

it("refuses clients of an API that is too old or says nonsense", async () => {
  const server = await startTestServer();
  const statuses = ["0.8.4", "1.0.0", "0.8.0", "0.7.9", "0.8", "new"].map(async (version) => {
    const answer = await server.fetch("/version", { headers: { "X-PREFECT-API-VERSION": version } });
    return answer.status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 200, 200, 400, 400, 400]);
});

it("takes the deletion of automations, of which there are none", async () => {
  const server = await startTestServer();
  const deleted = await server.fetch("/automations/owned-by/prefect.deployment.x", { method: "DELETE" });
  expect([deleted.status, await deleted.text()]).toEqual([202, ""]);
  expect(await (await server.fetch("/automations/filter", { body: {} })).json()).toEqual([]);
});

it("knows kinds of workers, whose templates use every variable", async () => {
  const server = await startTestServer();
  const view = "/collections/views/aggregate-worker-metadata";
  const collections = await server.json<Record<string, Record<string, WorkerType>>>(view);
  const workers = Object.values(collections).flatMap((types) => Object.values(types));
  expect(workers.map((worker) => worker.type)).toEqual([
    "process",
    "docker",
    "kubernetes",
    "ecs",
    "vertex-ai",
  ]);
  for (const worker of workers) {
    const { job_configuration: job, variables } = worker.default_base_job_configuration;
    const used = JSON.stringify(job).matchAll(/\{\{ (\w+) \}\}/gu);
    const names = new Set(Array.from(used, ([, name]) => name));
    expect([...names].sort()).toEqual(Object.keys(variables.properties).sort());
  }
  expect((await server.fetch("/collections/views/nothing")).status).toBe(404);
});
