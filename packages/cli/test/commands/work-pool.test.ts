import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { setUpDeployment } from "./deployed.ts";

/** Every command opens a history of its own. */
const SLOW = { timeout: 30_000 };
const ON_TERMINAL = { isTTY: true, env: { TERM: "xterm", NO_COLOR: "1" } };

describe("sluice work-pool", SLOW, () => {
  it("makes pools with the template of their type, lists, changes and deletes them", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("work-pool create boxes --type docker --concurrency-limit 2")).stdout).toMatch(
      /^Made work pool boxes \([\w-]+\) for workers of the type docker\.\n$/,
    );
    expect((await sluice("work-pool ls")).stdout).toMatch(/^boxes\tdocker\tnot ready\t0 of 2\t\S+\n$/);
    const pool = JSON.parse((await sluice("work-pool inspect boxes --json")).stdout);
    expect(pool).toMatchObject({
      name: "boxes",
      concurrency_limit: 2,
      base_job_template: { job_configuration: { image: "{{ image }}" } },
      queues: [{ name: "default" }],
      workers: [],
    });
    expect((await sluice("work-pool update boxes --concurrency-limit none")).stdout).toBe(
      "Changed work pool boxes.\n",
    );
    expect((await sluice("work-pool pause boxes")).stdout).toBe("Paused work pool boxes.\n");
    expect((await sluice("work-pool ls")).stdout).toContain("\tpaused\tno limit\t");
    expect(JSON.parse((await sluice("work-pool resume boxes --json")).stdout).is_paused).toBe(false);
    expect((await sluice("work-pool delete boxes")).stdout).toMatch(/^Deleted work pool boxes/);
    expect((await sluice("work-pool ls --json")).stdout).toBe("[]\n");
  });

  it("shows queues, workers and who holds slots, and which runs are next", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" } });
    await sluice.inHistory(async (api) => {
      await api.workers.heartbeat("machines", { name: "cellar", heartbeat_interval_seconds: 30 });
      const run = await api.deployments.createFlowRun(sluice.deployment.id, { name: "busy" });
      await api.flowRuns.setState(run.id, { state: { type: "PENDING" } });
      await api.deployments.createFlowRun(sluice.deployment.id, { name: "next" });
    });
    const { stdout } = await sluice("work-pool inspect machines", ON_TERMINAL);
    expect(stdout).toMatch(/^ready {2}machines$/m);
    expect(stdout).toMatch(/^default +machines +1 +/m);
    expect(stdout).toMatch(/^cellar +online +now$/m);
    expect(stdout).toMatch(/^busy +default +Pending +now$/m);
    expect((await sluice("work-pool preview machines")).stdout).toMatch(
      /^\S+Z\tnext\treport\tdefault\tScheduled\t\S+\n$/,
    );
    expect((await sluice("work-queue preview default --pool machines")).stdout).toContain("\tnext\t");
  });

  it.each([
    [
      "work-pool create x --type proces",
      1,
      "Did you mean process? A type of your own needs --base-job-template.",
    ],
    ["work-pool inspect machine", 1, "Did you mean machines?"],
    ["work-pool update machines", 2, "nothing to change"],
    ["work-pool update machines --concurrency-limit many", 2, "from 0 on, or none"],
    ["work-pool create machines", 1, "machines"],
    ["work-queue ls", 2, "--pool <name>"],
    ["work-queue inspect urgnt --pool machines", 1, 'There is no work queue "machines/urgnt".'],
    ["work-queue delete default --pool machines", 1, "default"],
  ])("refuses %j", async (line, code, message) => {
    const sluice = await setUpDeployment();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});

describe("sluice work-queue", SLOW, () => {
  it("makes, lists, changes and deletes queues of a pool", async () => {
    const sluice = await setUpDeployment();
    const of = "--pool machines";
    expect((await sluice(`work-queue create urgent ${of} --priority 1 --concurrency-limit 3`)).stdout).toBe(
      "Made work queue machines/urgent with priority 1.\n",
    );
    expect((await sluice(`work-queue ls ${of}`)).stdout).toMatch(
      /^urgent\tmachines\t1\tnot ready\t0 of 3\t\t\S+\ndefault\tmachines\t2\t/,
    );
    expect((await sluice(`work-queue pause urgent ${of}`)).stdout).toBe(
      "Paused work queue machines/urgent.\n",
    );
    expect((await sluice(`work-queue inspect urgent ${of}`)).stdout).toMatch(/^paused {2}machines\/urgent$/m);
    expect(JSON.parse((await sluice(`work-queue resume urgent ${of} --json`)).stdout).is_paused).toBe(false);
    await sluice(`work-queue update urgent ${of} --concurrency-limit none --description fast`);
    expect(JSON.parse((await sluice(`work-queue inspect urgent ${of} --json`)).stdout)).toMatchObject({
      concurrency_limit: null,
      description: "fast",
    });
    expect((await sluice(`work-queue delete urgent ${of}`)).stdout).toMatch(
      /^Deleted work queue machines\/urgent/,
    );
  });
});
