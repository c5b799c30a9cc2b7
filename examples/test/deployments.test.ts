import { closeEngines, executeFlowRun, openHistory, temporarySettings } from "@sluice/core";
import { afterAll, expect, it, vi } from "vitest";
import { deployReports, digest } from "../src/deployments.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

afterAll(() => closeEngines());

it("a flow is deployed with its schedules, and another waits for a run of it", async () => {
  const settings = {
    home: await temporaryDirectory(),
    "history.mode": "memory",
    "logging.to_terminal": false,
  } as const;
  await temporarySettings(settings, async () => {
    const api = await openHistory();
    await api.workPools.create({ name: "main", type: "process" });
    await deployReports();
    const deployment = await api.deployments.getByName("sales-report", "europe");
    expect(deployment.schedules.map(({ slug, active }) => [slug, active])).toEqual(
      expect.arrayContaining([
        ["mornings", true],
        ["yearly-view", false],
      ]),
    );
    const asked = digest();
    const id = await vi.waitFor(async () => {
      const query = { flow_runs: { parent_task_run_id: { is_null_: false } } };
      const [run] = await api.flowRuns.filter(query);
      if (run === undefined) throw new Error("The run was not made yet.");
      return run.id;
    });
    const cwd = process.cwd();
    try {
      await executeFlowRun(id);
    } finally {
      process.chdir(cwd);
    }
    expect(await asked).toBe("Today: Europe: sales of 30 days");
  });
});
