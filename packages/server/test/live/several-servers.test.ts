import type { Flow, FlowRun } from "@sluice/protocol";
import { createPostgresDatabase, describePostgres } from "@sluice/store/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { startServer } from "../../src/index.ts";
import { follow } from "./event-source.ts";

describePostgres("several servers on one database", () => {
  it("tell readers of one what happens through the other", async () => {
    const databaseUrl = await createPostgresDatabase();
    const options = { host: "127.0.0.1", port: 0, databaseUrl, hasServices: false, stopGraceSeconds: 2 };
    const [here, there] = [await startServer(options), await startServer(options)];
    onTestFinished(async () => void (await Promise.all([here.close(), there.close()])));
    const post = (path: string, body: unknown) =>
      fetch(`${there.apiUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
    const flow = (await (await post("/flows/", { name: "f" })).json()) as Flow;
    const runs = await follow(here, "flow-runs");
    const run = (await (await post("/flow_runs/", { flow_id: flow.id })).json()) as FlowRun;
    await vi.waitFor(() => expect(runs.messages).toMatchObject([{ data: { op: "created" } }]), 10_000);
    const lines = await follow(here, `logs:${run.id}`);
    const line = {
      name: "l",
      level: 20,
      message: "hi",
      timestamp: new Date().toISOString(),
      flow_run_id: run.id,
    };
    await post("/logs/", [line]);
    await vi.waitFor(
      () => expect(lines.messages).toMatchObject([{ data: { data: { message: "hi" } } }]),
      10_000,
    );
  });
});
