/** Deploying flows to a server and running deployments of it: the same whoever made the server. */
import { expect, vi } from "vitest";
import { executeFlowRun } from "../../src/deployments/execute-flow-run.ts";
import { runDeployment } from "../../src/deployments/run-deployment.ts";
import { cron, interval, rrule } from "../../src/deployments/schedule.ts";
import { RUN_COMMAND } from "../../src/deployments/send-deployment.ts";
import { flow } from "../../src/flows/flow.ts";
import { report } from "../deployments/reported-flow.ts";
import type { ServerUnderTest } from "./server-under-test.ts";

const TEMPLATE = {
  job_configuration: { command: "{{ command }}" },
  variables: {
    type: "object",
    properties: { command: { anyOf: [{ type: "string" }, { type: "null" }] } },
  },
};

export function deploymentCases(server: ServerUnderTest): void {
  server.test("takes deployments, and keeps what they say", async ({ api }) => {
    await api.workPools.create({ name: "deploying", type: "process", base_job_template: TEMPLATE });
    const options = {
      name: "full",
      workPool: "deploying",
      workQueue: "urgent",
      schedules: [
        cron("0 6 * * mon-fri", { timezone: "Europe/Paris", slug: "mornings", parameters: { limit: 1 } }),
        interval({ hours: 6 }, { slug: "often", active: false }),
        rrule("FREQ=MONTHLY;BYDAY=-1FR", { timezone: "Asia/Tokyo", slug: "months" }),
      ],
      parameters: { day: "monday" },
      tags: ["eu"],
      concurrencyLimit: { limit: 2, collisionStrategy: "CANCEL_NEW" },
    } as const;
    const { id, isNew } = await report.deploy(options);
    expect(isNew).toBe(true);
    const before = await api.deployments.get(id);
    expect(before).toMatchObject({
      name: "full",
      entrypoint: "test/deployments/reported-flow.ts:report",
      work_pool_name: "deploying",
      work_queue_name: "urgent",
      parameters: { day: "monday" },
      job_variables: { command: RUN_COMMAND },
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
      parameter_openapi_schema: { properties: { day: { type: "string", position: 0 } } },
    });
    const bySlug = new Map(before.schedules.map((schedule) => [schedule.slug, schedule]));
    expect(bySlug.get("mornings")).toMatchObject({ active: true, parameters: { limit: 1 } });
    expect(bySlug.get("often")).toMatchObject({ active: false, schedule: { interval: 21_600 } });
    expect(bySlug.get("months")?.schedule).toMatchObject({ timezone: "Asia/Tokyo" });
    expect(await report.deploy(options)).toMatchObject({ id, isNew: false });
    const after = await api.deployments.get(id);
    const anchors = [before, after].map(
      ({ schedules }) => schedules.find(({ slug }) => slug === "often")?.schedule,
    );
    expect(anchors[1]).toEqual(anchors[0]);
  });

  server.test("refuses a deployment whose parameters do not fit", async () => {
    const parameters = { limit: "many" as never };
    await expect(report.deploy({ name: "unfit", parameters })).rejects.toThrow(/limit|many/u);
  });

  server.test("gives runs of deployments, also as sub-flows", async ({ api }) => {
    await report.deploy({ name: "run-me" });
    const parent = flow({ name: "asks-for-a-report" }, async () => {
      const run = await runDeployment(report, {
        deployment: "run-me",
        parameters: { day: "friday" },
        tags: ["asked"],
      });
      return [run.id, await run.state.result()];
    });
    const asked = parent();
    const waiting = await vi.waitFor(
      async () => {
        const [run] = await api.flowRuns.filter({ flow_runs: { tags: { all_: ["asked"] } } });
        if (run === undefined) throw new Error("The run was not made yet.");
        return run;
      },
      { timeout: 20_000 },
    );
    const cwd = process.cwd();
    try {
      await executeFlowRun(waiting.id);
    } finally {
      process.chdir(cwd);
    }
    expect(await asked).toEqual([waiting.id, "friday: 10"]);
    const tracking = await api.taskRuns.get(String(waiting.parent_task_run_id));
    expect(tracking.task_key).toBe("prefect.deployments.flow_runs.run_deployment.report-run-me");
  });
}
