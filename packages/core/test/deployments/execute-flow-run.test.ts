import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowRun, OrchestrationApi } from "@sluice/protocol";
import { describe, expect, onTestFinished } from "vitest";
import { executeFlowRun } from "../../src/index.ts";
import { engineTest } from "../engine-fixture.ts";

/** A run of a deployment whose code is this module, in a directory of its own. */
async function deployedRun(
  api: OrchestrationApi,
  module: string,
  parameters: Record<string, unknown> = {},
): Promise<FlowRun> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "sluice-deployed-")));
  onTestFinished(() => rm(path, { recursive: true }));
  await writeFile(join(path, "package.json"), '{ "type": "module" }');
  await writeFile(join(path, "report.ts"), module);
  const flow = await api.flows.create({ name: "report" });
  const deployment = await api.deployments.create({
    name: "nightly",
    flow_id: flow.id,
    path,
    entrypoint: "report.ts:report",
  });
  const workingDirectory = process.cwd();
  onTestFinished(() => process.chdir(workingDirectory));
  const run = await api.deployments.createFlowRun(deployment.id, { parameters });
  await api.flowRuns.setState(run.id, { state: { type: "PENDING" } });
  return api.flowRuns.get(run.id);
}

const CORE = JSON.stringify(new URL("../../src/index.ts", import.meta.url).href);

describe("a process that was started for a flow run", { concurrent: false }, () => {
  engineTest(
    "runs the flow of its deployment with the run's parameters, in its directory",
    async ({ api }) => {
      const module = `import { flow } from ${CORE};
      export const report = flow({ name: "report", retries: 2 }, async ({ day }) => {
        if (day !== "monday") throw new Error("another day");
        return process.cwd();
      });`;
      const run = await deployedRun(api, module, { day: "monday" });
      const state = await executeFlowRun(run.id, { claimId: run.state_id ?? undefined });
      expect(state.message).toBeUndefined();
      expect(state.isCompleted()).toBe(true);
      expect(await state.result()).toBe(process.cwd());
      const after = await api.flowRuns.get(run.id);
      expect(after).toMatchObject({
        state_type: "COMPLETED",
        run_count: 1,
        empirical_policy: { retries: 2 },
      });
      expect(after.flow_version).toHaveLength(8);
    },
  );

  engineTest(
    "ends a run Failed whose code does not load, with the reason in state and log",
    async (engine) => {
      const run = await deployedRun(engine.api, "export const report = missing();");
      const state = await executeFlowRun(run.id);
      expect(state.isFailed()).toBe(true);
      expect(state.message).toMatch(/could not be loaded: EntrypointError: .+missing is not defined/);
      await engine.flush();
      const lines = await engine.logs();
      expect(lines.map(({ message }) => message).join()).toContain("missing is not defined");
      expect(lines[0]?.flow_run_id).toBe(run.id);
    },
  );

  engineTest("leaves a run alone that was claimed anew or that has ended", async ({ api }) => {
    const run = await deployedRun(api, "throw new Error('loaded');");
    const claimId = "01997a0c-7d55-7000-8000-0f2a91c45e6d";
    await expect(executeFlowRun(run.id, { claimId })).rejects.toThrow("claimed by another process");
    expect((await api.flowRuns.get(run.id)).state_type).toBe("PENDING");
    await api.flowRuns.setState(run.id, { state: { type: "CANCELLED" }, force: true });
    expect((await executeFlowRun(run.id)).isCancelled()).toBe(true);
  });
});
