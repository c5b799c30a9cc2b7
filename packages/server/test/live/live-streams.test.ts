import { once } from "node:events";
import { connect } from "node:net";
import { type Flow, type FlowRun, newId } from "@sluice/protocol";
import { expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "../http/test-server.ts";
import { makeEvent } from "../sockets/test-socket.ts";
import { follow } from "./event-source.ts";

it("tells runs from their creation to their end", async () => {
  const server = await startTestServer();
  const reader = await follow(server, "flow-runs,flows");
  const run = await createRun(server);
  await setState(server, run, "RUNNING");
  await server.fetch(`/flow_runs/${run.id}`, { method: "DELETE" });
  await vi.waitFor(() => expect(reader.messages).toHaveLength(4));
  expect(reader.messages.map(({ data }) => [data["topic"], data["op"]])).toEqual([
    ["flows", "created"],
    ["flow-runs", "created"],
    ["flow-runs", "updated"],
    ["flow-runs", "deleted"],
  ]);
  expect(reader.messages[2]?.data).toMatchObject({
    ts: expect.any(String),
    data: { id: run.id, name: run.name, flow_id: run.flow_id, run_count: 1, state: { type: "RUNNING" } },
  });
});

it("tells the task runs and the lines of one flow run, and those of no other", async () => {
  const server = await startTestServer();
  const [run, other] = [await createRun(server), await createRun(server)];
  const reader = await follow(server, `task-runs:${run.id},logs:${run.id}`);
  for (const { id } of [other, run]) {
    await server.fetch("/events", { body: [taskRunEvent(id)] });
    const line = { name: "l", level: 20, message: id, timestamp: new Date().toISOString(), flow_run_id: id };
    await server.fetch("/logs/", { body: [line] });
  }
  await vi.waitFor(() => expect(reader.messages).toHaveLength(2));
  expect(reader.messages.map(({ data }) => data)).toMatchObject([
    {
      topic: `task-runs:${run.id}`,
      op: "created",
      data: { flow_run_id: run.id, state: { type: "RUNNING" } },
    },
    { topic: `logs:${run.id}`, op: "created", data: { message: run.id } },
  ]);
});

it("goes on where a reader was, so that nothing is missed", async () => {
  const server = await startTestServer();
  const first = await follow(server, "flow-runs");
  const before = await createRun(server);
  await vi.waitFor(() => expect(first.messages).toHaveLength(1));
  first.disconnect();
  const during = await createRun(server);
  const second = await follow(server, "flow-runs", first.lastId());
  const after = await createRun(server);
  const seen = () => new Set([...first.messages, ...second.messages].map(({ data }) => idOf(data)));
  await vi.waitFor(() => expect(seen()).toEqual(new Set([before.id, during.id, after.id])));
  const again = second.messages.map(({ data }) => data["id"]);
  expect(again).toHaveLength(new Set(again).size);
});

it.each(["nonsense", "1000000000000"])("tells a reader who comes with %s to begin anew", async (lastId) => {
  const server = await startTestServer();
  const reader = await follow(server, "flow-runs", lastId);
  await vi.waitFor(() => expect(reader.messages).toMatchObject([{ event: "reset" }]));
  await createRun(server);
  await vi.waitFor(() => expect(reader.messages).toHaveLength(2));
});

it.each(["", "nonsense", "flow-runs:1", "logs"])("refuses the topics %j", async (topics) => {
  const server = await startTestServer();
  expect((await follow(server, topics)).status).toBe(422);
});

it("ends its streams when the server stops", async () => {
  const server = await startTestServer({ stopGraceSeconds: 60 });
  const reader = await follow(server, "events");
  await server.close();
  await reader.ended;
});

it("lets go of a reader that does not read, before it fills the memory", async () => {
  const server = await startTestServer();
  const url = new URL(server.apiUrl);
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, "connect");
  socket.write(`GET ${url.pathname}/sluice/live?topics=events HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  await once(socket, "readable");
  const payload = { text: "x".repeat(400_000) };
  for (let index = 0; index < 100; index += 1) {
    await server.fetch("/events", { body: [makeEvent({ payload })] });
  }
  let bytes = 0;
  let tail = "";
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    tail = chunk.toString().slice(-200);
  });
  await vi.waitFor(() => expect(tail).toContain("event: reset"), 10_000);
  expect(bytes).toBeLessThan(30_000_000);
  socket.destroy();
});

async function createRun(server: TestServer): Promise<FlowRun> {
  const flow = await server.json<Flow>("/flows/", { body: { name: "f" } });
  return server.json<FlowRun>("/flow_runs/", { body: { flow_id: flow.id } });
}

async function setState(server: TestServer, run: FlowRun, type: string): Promise<void> {
  await server.fetch(`/flow_runs/${run.id}/set_state`, { body: { state: { type } } });
}

function taskRunEvent(flowRunId: string) {
  return makeEvent({
    event: "prefect.task-run.Running",
    resource: {
      "prefect.resource.id": `prefect.task-run.${newId()}`,
      "prefect.state-type": "RUNNING",
      "prefect.orchestration": "client",
    },
    related: [
      { "prefect.resource.id": `prefect.flow-run.${flowRunId}`, "prefect.resource.role": "flow-run" },
    ],
    payload: { initial_state: null },
  });
}

function idOf(change: Record<string, unknown>): unknown {
  return (change["data"] as { id: string }).id;
}
