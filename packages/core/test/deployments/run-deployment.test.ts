import type { OrchestrationApi } from "@sluice/protocol";
import { describe, expect, vi } from "vitest";
import { executeFlowRun } from "../../src/deployments/execute-flow-run.ts";
import { runDeployment } from "../../src/deployments/run-deployment.ts";
import { flow } from "../../src/flows/flow.ts";
import { CancelledRunError } from "../../src/states/run-errors.ts";
import { Completed, Failed, Pending, Running } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";
import { report } from "./reported-flow.ts";

/** Brings every run of the deployment that is waiting to a state, as a worker does. */
async function endWaiting(api: OrchestrationApi, state = Completed()): Promise<string[]> {
  const runs = await api.flowRuns.filter({ flow_runs: { state: { type: { any_: ["SCHEDULED"] } } } });
  for (const { id } of runs) {
    for (const next of [Pending(), Running(), state]) {
      await api.flowRuns.setState(id, { state: next.toProposal() });
    }
  }
  return runs.map(({ id }) => id);
}

async function endFirst(api: OrchestrationApi, state = Completed()): Promise<string> {
  return vi.waitFor(async () => {
    const [id] = await endWaiting(api, state);
    if (id === undefined) throw new Error("No run waits yet.");
    return id;
  });
}

describe("running a deployment", () => {
  engineTest("waits for its end and gives its value", async ({ api }) => {
    await report.deploy({ name: "nightly" });
    const cwd = process.cwd();
    const asked = runDeployment(report, { deployment: "nightly", parameters: { day: "monday" } });
    const id = await vi.waitFor(async () => {
      const [run] = await api.flowRuns.filter({});
      if (run === undefined) throw new Error("The run was not made yet.");
      return run.id;
    });
    try {
      await executeFlowRun(id);
    } finally {
      process.chdir(cwd);
    }
    const run = await asked;
    expect(run).toMatchObject({ id, state: { type: "COMPLETED" } });
    await expect(run.state.result()).resolves.toBe("monday: 10");
  });

  engineTest("sends what the options say", async ({ api }) => {
    await report.deploy({ name: "nightly", tags: ["eu"] });
    const scheduledTime = new Date("2030-01-01T00:00:00Z");
    const options = {
      parameters: { day: "monday" },
      wait: false,
      idempotencyKey: "once",
      scheduledTime,
      tags: ["extra"],
      name: "monday-report",
    };
    const run = await runDeployment("report/nightly", options);
    expect(run).toMatchObject({ name: "monday-report", state: { type: "SCHEDULED" } });
    expect(await api.flowRuns.get(run.id)).toMatchObject({
      parameters: { day: "monday" },
      tags: ["eu", "extra"],
      idempotency_key: "once",
      parent_task_run_id: null,
      next_scheduled_start_time: expect.stringMatching(/^2030-01-01T00:00:00/u),
    });
    expect((await runDeployment("report/nightly", options)).id).toBe(run.id);
  });

  engineTest("stops waiting when the time is over, and the run goes on", async () => {
    await report.deploy({ name: "nightly" });
    const run = await runDeployment("report/nightly", {
      parameters: { day: "x" },
      timeoutSeconds: 0.05,
    });
    expect(run.state.type).toBe("SCHEDULED");
  });

  engineTest("in a flow is a sub-flow, which depends on what gave its parameters", async ({ api, flush }) => {
    await report.deploy({ name: "nightly" });
    const today = task({ name: "today" }, () => "friday");
    const parent = flow({ name: "parent" }, async () => {
      const run = await runDeployment(report, { deployment: "nightly", parameters: { day: today.submit() } });
      return run.id;
    });
    const asked = parent();
    const id = await endFirst(api);
    expect(await asked).toBe(id);
    await flush();
    const child = await api.flowRuns.get(id);
    expect(child.parameters).toEqual({ day: "friday" });
    const tracking = await api.taskRuns.get(String(child.parent_task_run_id));
    expect(tracking).toMatchObject({
      task_key: "prefect.deployments.flow_runs.run_deployment.report-nightly",
      dynamic_key: "0",
      task_inputs: { day: [{ input_type: "task_run" }] },
    });
  });

  engineTest("is not done twice when the parent is tried again, unless it failed", async ({ api }) => {
    await report.deploy({ name: "nightly" });
    let attempts = 0;
    const parent = flow({ name: "parent", retries: 1 }, async () => {
      attempts += 1;
      const good = await runDeployment("report/nightly", { parameters: { day: "good" } });
      const bad = await runDeployment("report/nightly", { parameters: { day: "bad" } });
      if (attempts === 1) throw new Error("once more");
      return [good.id, bad.id];
    });
    const asked = parent();
    const good = await endFirst(api);
    const bad = await endFirst(api, Failed({ message: "no" }));
    const again = await endFirst(api);
    expect(await asked).toEqual([good, again]);
    expect(again).not.toBe(bad);
  });

  engineTest("is cancelled with the flow that waits for it", async ({ api }) => {
    await report.deploy({ name: "nightly" });
    const controller = new AbortController();
    const parent = flow({ name: "parent", signal: controller.signal }, () =>
      runDeployment("report/nightly", { parameters: { day: "x" } }),
    );
    const ended = parent.returnState();
    const id = await vi.waitFor(async () => {
      const [run] = await api.flowRuns.filter({ flows: { name: { any_: ["report"] } } });
      if (run === undefined) throw new Error("The run was not made yet.");
      return run.id;
    });
    controller.abort(new CancelledRunError("enough"));
    expect((await ended).isCancelled()).toBe(true);
    await vi.waitFor(async () => {
      expect(["CANCELLING", "CANCELLED"]).toContain((await api.flowRuns.get(id)).state_type);
    });
  });

  engineTest("says which deployment there is not, and which was meant", async () => {
    await report.deploy({ name: "nightly" });
    await expect(runDeployment("report/nighly")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: 'There is no deployment "report/nighly" in memory. Did you mean report/nightly?',
    });
    await expect(runDeployment("report")).rejects.toThrow('"report" names no deployment');
    await expect(runDeployment("report/nightly", { timeout: 5 } as never)).rejects.toThrow(
      'has no option "timeout"',
    );
  });
});
