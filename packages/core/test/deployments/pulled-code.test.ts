import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { executeFlowRun } from "../../src/deployments/execute-flow-run.ts";
import { runDeployment } from "../../src/deployments/run-deployment.ts";
import { engineTest } from "../engine-fixture.ts";
import { report } from "./reported-flow.ts";

const DIRECTORY = fileURLToPath(new URL(".", import.meta.url));

describe("a deployment with pull steps", () => {
  engineTest(
    "is run where they lead, and what they do is in the log of the run",
    async ({ api, flush, logs }) => {
      await api.variables.create({ name: "where", value: DIRECTORY });
      await report.deploy({
        name: "pulled",
        entrypoint: "reported-flow.ts:report",
        pullSteps: [
          {
            "prefect.deployments.steps.set_working_directory": { directory: "{{ prefect.variables.where }}" },
          },
          { run_shell_script: { script: "echo pulled in {{ set_working_directory.directory }}" } },
        ],
      });
      const { id } = await runDeployment("report/pulled", { parameters: { day: "sunday" }, wait: false });
      const cwd = process.cwd();
      try {
        expect((await executeFlowRun(id)).isCompleted()).toBe(true);
      } finally {
        process.chdir(cwd);
      }
      await flush();
      const lines = (await logs()).filter((log) => log.flow_run_id === id).map(({ message }) => message);
      expect(lines).toContainEqual(expect.stringContaining("pulled in "));
    },
  );

  engineTest("whose steps fail makes its run Failed, with the reason", async ({ api }) => {
    const pullSteps = [{ git_clone: { repository: "file:///not/there" } }];
    await report.deploy({ name: "broken", entrypoint: "x.ts:report", pullSteps });
    const { id } = await runDeployment("report/broken", { parameters: { day: "x" }, wait: false });
    const state = await executeFlowRun(id);
    expect(state).toMatchObject({
      type: "FAILED",
      message: expect.stringMatching(/could not be loaded: .*git ls-remote.*\/not\/there/su),
    });
    expect((await api.flowRuns.get(id)).state_type).toBe("FAILED");
  });
});
