import type { Flow, FlowRun } from "@sluice/protocol";
import { expect, it, vi } from "vitest";
import { startTestServer } from "../http/test-server.ts";
import { connectAs } from "./test-socket.ts";

it("gives the lines of a run, those there are and those that come", async () => {
  const server = await startTestServer();
  const flow = await server.json<Flow>("/flows/", { body: { name: "f" } });
  const run = await server.json<FlowRun>("/flow_runs/", { body: { flow_id: flow.id } });
  const line = { name: "l", level: 20, timestamp: new Date().toISOString(), flow_run_id: run.id };
  await server.fetch("/logs/", { body: [{ ...line, message: "before" }] });
  const reader = await connectAs(server, "/logs/out");
  reader.send({ type: "filter", filter: { flow_run_id: { any_: [run.id] }, level: { ge_: 20 } } });
  await vi.waitFor(() => expect(reader.frames).toHaveLength(1));
  await server.fetch("/logs/", {
    body: [
      { ...line, message: "debug", level: 10 },
      { ...line, message: "elsewhere", flow_run_id: null },
      { ...line, message: "after" },
    ],
  });
  await vi.waitFor(() => expect(reader.frames).toHaveLength(2));
  expect(reader.frames).toMatchObject([
    { type: "log", log: { message: "before", flow_run_id: run.id } },
    { type: "log", log: { message: "after", flow_run_id: run.id } },
  ]);
});
