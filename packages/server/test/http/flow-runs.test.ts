import { expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

it("answers 201 for what is new and 200 for what is there", async () => {
  const server = await startTestServer();
  const create = (path: string, body: unknown) => server.fetch(path, { body }).then(({ status }) => status);
  expect(await create("/flows/", { name: "a" })).toBe(201);
  await new Promise((resolve) => setImmediate(resolve));
  const flow = await server.json<{ id: string }>("/flows/name/a");
  const run = { flow_id: flow.id, idempotency_key: "k" };
  expect(await create("/flow_runs/", run)).toBe(201);
  expect(await create("/variables/", { name: "v", value: 1 })).toBe(201);
  expect(await create("/variables/", { name: "v", value: 1 })).toBe(409);
});

it("gives input as the text it is, and keeps keys in order", async () => {
  const server = await startTestServer();
  const { id } = await createRun(server);
  const created = await server.fetch(`/flow_runs/${id}/input`, { body: { key: "a", value: '{"x": 1}' } });
  expect(created.status).toBe(201);
  const input = await server.fetch(`/flow_runs/${id}/input/a`);
  expect(input.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect(await input.text()).toBe('{"x": 1}');
  const repeated = await server.fetch(`/flow_runs/${id}/input`, { body: { key: "a", value: "2" } });
  expect(repeated.status).toBe(409);
  const unfit = await server.fetch(`/flow_runs/${id}/input`, { body: { key: "A", value: "2" } });
  expect(unfit.status).toBe(422);
  expect((await server.fetch(`/flow_runs/${id}/input/a`, { method: "DELETE" })).status).toBe(204);
});

it("aborts resuming what is not paused, with 200 and no state", async () => {
  const server = await startTestServer();
  const { id } = await createRun(server);
  const answer = await server.fetch(`/flow_runs/${id}/resume`, { body: { run_input: null } });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      status: "ABORT",
      state: null,
      details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
    },
  ]);
});

it("merges labels that are sent as a bare object", async () => {
  const server = await startTestServer();
  const { id } = await createRun(server);
  const patched = await server.fetch(`/flow_runs/${id}/labels`, { method: "PATCH", body: { worker: "w" } });
  expect(patched.status).toBe(204);
  expect(await server.json(`/flow_runs/${id}`)).toMatchObject({ labels: { worker: "w" } });
});

it("refuses parameters of more than 512 KiB", async () => {
  const server = await startTestServer();
  const { flow_id } = await createRun(server);
  const sent = (length: number) =>
    server.fetch("/flow_runs/", { body: { flow_id, parameters: { x: "x".repeat(length) } } });
  expect((await sent(524_000)).status).toBe(201);
  const refused = await sent(524_288);
  expect([refused.status, await refused.json()]).toEqual([
    422,
    { code: "INVALID_REQUEST", detail: expect.stringContaining("524288") },
  ]);
});

it("gives log lines as CSV, however many there are", async () => {
  const server = await startTestServer();
  const { id } = await createRun(server, "my run");
  const line = (index: number) => ({
    name: "prefect.flow_runs",
    level: 30,
    message: index === 0 ? 'a "quoted", line\nand another' : `line ${index}`,
    // Many lines of one instant.
    timestamp: `2026-11-20T12:00:0${index < 500 ? 0 : 1}Z`,
    flow_run_id: id,
  });
  await server.fetch("/logs/", { body: Array.from({ length: 1001 }, (_, index) => line(index)) });
  const answer = await server.fetch(`/flow_runs/${id}/logs/download`);
  expect(answer.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  expect(answer.headers.get("Content-Disposition")).toBe('attachment; filename="my_run-logs.csv"');
  const text = await answer.text();
  const [head, first] = text.split("\r\n");
  expect(head).toBe("timestamp,level,flow_run_id,task_run_id,message");
  expect(first).toContain(`WARNING,${id},,"a ""quoted"", line\nand another"`);
  const messages = text.match(/line \d+/gu) ?? [];
  expect(messages.length).toBe(1000);
  expect(new Set(messages).size).toBe(1000);
  const missing = await server.fetch("/flow_runs/01a1f9f5-c45e-7000-8000-58833482bf33/logs/download");
  expect(missing.status).toBe(404);
});

async function createRun(server: TestServer, name?: string): Promise<{ id: string; flow_id: string }> {
  const flow = await server.json<{ id: string }>("/flows/", { body: { name: "etl" } });
  return server.json("/flow_runs/", { body: { flow_id: flow.id, name } });
}
