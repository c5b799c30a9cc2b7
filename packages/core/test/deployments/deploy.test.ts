import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { z } from "zod";
import { deploy } from "../../src/deployments/deploy.ts";
import { cron, interval } from "../../src/deployments/schedule.ts";
import { RUN_COMMAND } from "../../src/deployments/send-deployment.ts";
import { flow } from "../../src/flows/flow.ts";
import { engineTest } from "../engine-fixture.ts";
import { report } from "./reported-flow.ts";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/u, "");

const PROCESS_TEMPLATE = {
  job_configuration: { command: "{{ command }}", env: "{{ env }}" },
  variables: {
    type: "object",
    properties: { command: { type: "string" }, env: { type: "object" } },
  },
};

describe("deploying", () => {
  engineTest("makes a deployment with all that its options say", async ({ api }) => {
    await api.workPools.create({ name: "main", type: "process", base_job_template: PROCESS_TEMPLATE });
    const { id, name, isNew } = await report.deploy({
      name: "nightly",
      workPool: "main",
      workQueue: "urgent",
      schedules: [cron("0 6 * * *", { timezone: "Europe/Paris", parameters: { day: "today" } })],
      parameters: { limit: 5 },
      tags: ["eu"],
      concurrencyLimit: { limit: 2, collisionStrategy: "CANCEL_NEW", gracePeriodSeconds: 120 },
      jobVariables: { env: { REGION: "eu" } },
    });
    expect({ name, isNew }).toEqual({ name: "report/nightly", isNew: true });
    expect(await api.deployments.get(id)).toMatchObject({
      name: "nightly",
      description: "Writes the report of a day.",
      version: "3",
      paused: false,
      path: PACKAGE,
      entrypoint: "test/deployments/reported-flow.ts:report",
      pull_steps: null,
      work_pool_name: "main",
      work_queue_name: "urgent",
      parameters: { limit: 5 },
      tags: ["eu"],
      concurrency_limit: 2,
      concurrency_options: { collision_strategy: "CANCEL_NEW", grace_period_seconds: 120 },
      job_variables: { env: { REGION: "eu" }, command: RUN_COMMAND },
      enforce_parameter_schema: true,
      parameter_openapi_schema: {
        title: "Parameters",
        type: "object",
        required: ["day"],
        properties: { day: { type: "string", position: 0 }, limit: { type: "number", position: 1 } },
      },
      schedules: [
        { schedule: { cron: "0 6 * * *", timezone: "Europe/Paris" }, parameters: { day: "today" } },
      ],
    });
  });

  engineTest("again changes what differs, and neither pauses nor shifts anything", async ({ api }) => {
    const options = { name: "hourly", schedules: [interval({ hours: 1 })], tags: ["a"] };
    const first = await report.deploy(options);
    const before = await api.deployments.get(first.id);
    await api.deployments.pause(first.id);
    const second = await report.deploy({ ...options, tags: ["b"] });
    const after = await api.deployments.get(first.id);
    expect(second).toEqual({ ...first, isNew: false });
    expect(after).toMatchObject({ paused: true, tags: ["b"] });
    expect(after.schedules[0]?.schedule).toEqual(before.schedules[0]?.schedule);
    await report.deploy({ name: "hourly", paused: false });
    expect(await api.deployments.get(first.id)).toMatchObject({ paused: false, schedules: [], tags: [] });
  });

  engineTest("several checks all of them before the first is sent", async ({ api }) => {
    const good = report.toDeployment({ name: "good" });
    const bad = report.toDeployment({ name: "bad", schedules: [cron("61 * * * *")] });
    await expect(deploy(good, bad)).rejects.toThrow('Deployment "report/bad": ');
    expect(await api.deployments.count({})).toBe(0);
    expect(await deploy(good, report.toDeployment({ name: "other" }))).toHaveLength(2);
  });

  engineTest("leaves a command alone that the pool or the deployment has", async ({ api }) => {
    const template = structuredClone(PROCESS_TEMPLATE);
    Object.assign(template.variables.properties.command, { default: "node run.js" });
    await api.workPools.create({ name: "own", type: "process", base_job_template: template });
    await api.workPools.create({ name: "plain", type: "process", base_job_template: PROCESS_TEMPLATE });
    const inPool = await report.deploy({ name: "a", workPool: "own" });
    const own = await report.deploy({ name: "b", workPool: "plain", jobVariables: { command: "npx x" } });
    expect((await api.deployments.get(inPool.id)).job_variables).toEqual({});
    expect((await api.deployments.get(own.id)).job_variables).toEqual({ command: "npx x" });
  });

  engineTest("takes the entrypoint that it is told, below what pull steps bring", async ({ api }) => {
    const step = { "prefect.deployments.steps.git_clone": { repository: "https://example.test/r.git" } };
    const { id } = await report.deploy({
      name: "pulled",
      entrypoint: "src/report.ts:report",
      pullSteps: [step],
    });
    expect(await api.deployments.get(id)).toMatchObject({
      entrypoint: "src/report.ts:report",
      path: null,
      pull_steps: [step],
    });
  });

  engineTest("says which work pool there is not, and which was meant", async ({ api }) => {
    await expect(report.deploy({ name: "n", workPool: "main" })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message:
        'Deployment "report/n": there is no work pool "main" in memory. Make it with "sluice work-pool create main --type process".',
    });
    await api.workPools.create({ name: "main-pool", type: "process" });
    await expect(report.deploy({ name: "n", workPool: "main-pol" })).rejects.toThrow(
      "Did you mean main-pool?",
    );
  });

  engineTest("refuses wrong options by name", async () => {
    const deployed = (options: object): Promise<unknown> => report.deploy({ name: "n", ...options } as never);
    await expect(deployed({ workPol: "main" })).rejects.toThrow(
      'Deployment "report/n" has no option "workPol". Did you mean workPool?',
    );
    await expect(deployed({ concurrencyLimit: 0 })).rejects.toThrow("option concurrencyLimit must be");
    await expect(deployed({ schedules: ["@daily"] })).rejects.toThrow("cron(), interval() or rrule()");
    await expect(deployed({ workQueue: "q" })).rejects.toThrow("workQueue needs workPool");
    await expect(report.deploy({} as never)).rejects.toThrow('flow "report" needs a name');
  });

  engineTest("refuses parameters that do not fit the flow", async () => {
    await expect(report.deploy({ name: "n", parameters: { limit: "many" as never } })).rejects.toThrow(
      "limit",
    );
  });

  engineTest(
    "takes a flow whose schema has no JSON form, and leaves the check to the run",
    async ({ api }) => {
      const dated = flow({ name: "dated", parameters: z.object({ day: z.date() }) }, () => undefined);
      const { id } = await dated.deploy({ name: "n" });
      expect((await api.deployments.get(id)).parameter_openapi_schema).toMatchObject({
        additionalProperties: true,
      });
    },
  );
});
