import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSettings, terminalLogger } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { ProcessInfrastructure, Worker } from "../src/index.ts";
import { CORE, POOL, workedPool } from "./worked-pool.ts";

vi.setConfig({ testTimeout: 60_000 });

const GREETING = `import { flow } from ${CORE};
  export const report = flow({ name: "report" }, async ({ who }) => {
    console.log("hello " + who);
    return who;
  });`;
const SLEEPING = `import { flow, sleep } from ${CORE};
  export const report = flow({ name: "report" }, () => sleep(600));`;
const forJobs = (script: string): object => ({ job_variables: { command: `sh -c '${script}'` } });

describe("a worker", () => {
  it("makes its pool, and runs what is scheduled there with its parameters and output", async () => {
    const pool = await workedPool();
    pool.startWorker({ pollSeconds: 600 });
    await vi.waitFor(async () => expect(await pool.api.workers.filter(POOL, {})).toHaveLength(1), 10_000);
    const run = await pool.run(await pool.deploy(GREETING), { who: "you" });
    const done = await pool.until(run.id, "COMPLETED");
    expect(done.infrastructure_pid).toMatch(/^.+:\d+/);
    await vi.waitFor(async () => {
      const lines = await pool.logs(run.id);
      expect(lines.map(({ message }) => message)).toContain("hello you");
    }, 10_000);
    expect(await pool.api.workPools.get(POOL)).toMatchObject({ type: "process", status: "READY" });
  });

  it("ends a run Crashed whose process ends before it, and says how and with which last words", async () => {
    const pool = await workedPool();
    pool.startWorker();
    const module = `import { flow } from ${CORE};
      export const report = flow({ name: "report" }, async () => {
        console.log("the disk is full");
        process.exit(3);
      });`;
    await pool.api.workPools.create({ name: POOL, type: "process" }).catch(() => undefined);
    const run = await pool.run(await pool.deploy(module));
    const crashed = await pool.until(run.id, "CRASHED");
    expect(crashed.state?.message).toMatch(/exit code 3.+the disk is full/s);
  });

  it("stops a run that somebody cancels, with its process", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    const { worker } = pool.startWorker();
    const run = await pool.run(await pool.deploy(SLEEPING));
    await pool.until(run.id, "RUNNING");
    await pool.api.flowRuns.setState(run.id, { state: { type: "CANCELLING" } });
    await pool.until(run.id, "CANCELLED");
    await vi.waitFor(() => expect(worker.size).toBe(0), 10_000);
  });

  it("shares a pool with others: every run is started once", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    const started = join(pool.directory, "started");
    const id = await pool.deploy("", forJobs(`echo $SLUICE__FLOW_RUN_ID >> ${started}`));
    const runs = await pool.api.deployments.createFlowRuns(
      id,
      Array.from({ length: 20 }, () => ({})),
    );
    const expected = runs.results.map((result) => result.flow_run_id).toSorted();
    for (const name of ["first", "second", "third"]) pool.startWorker({ name });
    // The command does not end the run, so it ends Crashed.
    for (const runId of expected) await pool.until(runId ?? "", "CRASHED");
    expect((await readFile(started, "utf8")).trim().split("\n").toSorted()).toEqual(expected);
  });

  it("has no more runs at once than its limit", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    const id = await pool.deploy("", forJobs("sleep 0.2"));
    const runs = await pool.api.deployments.createFlowRuns(
      id,
      Array.from({ length: 6 }, () => ({})),
    );
    const { worker } = pool.startWorker({ limit: 2 });
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, worker.size);
    }, 5);
    for (const { flow_run_id: runId } of runs.results) await pool.until(runId ?? "", "CRASHED");
    clearInterval(looking);
    expect(most).toBe(2);
  });

  it("takes runs of its queues only, and none while the pool is paused", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process", is_paused: true });
    await pool.api.poolQueues.create(POOL, { name: "urgent" });
    const urgent = await pool.deploy(GREETING, { work_queue_name: "urgent" });
    const other = await pool.deploy(GREETING);
    const { worker } = pool.startWorker({ workQueues: ["urgent"], pollSeconds: 600 });
    const [first, second] = [await pool.run(urgent, { who: "you" }), await pool.run(other, { who: "you" })];
    await vi.waitFor(async () => expect(await pool.api.workers.filter(POOL, {})).toHaveLength(1), 10_000);
    expect(worker.size).toBe(0);
    await pool.api.workPools.update(POOL, { is_paused: false });
    await pool.until(first.id, "COMPLETED");
    expect(await pool.api.flowRuns.get(second.id)).toMatchObject({ state_type: "SCHEDULED" });
  });

  it("ends a run whose job cannot be started, and says why in its state and log", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    pool.startWorker();
    const id = await pool.deploy(GREETING, { job_variables: { working_dir: "/no/such/place" } });
    const run = await pool.run(id);
    const crashed = await pool.until(run.id, "CRASHED");
    expect(crashed.state?.message).toContain("its working directory /no/such/place is not there");
    const [line] = await pool.logs(run.id);
    expect(line?.message).toContain("/no/such/place");
  });

  it("ends a run Failed whose code does not load", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    pool.startWorker();
    const run = await pool.run(await pool.deploy("export const report = missing();"));
    const failed = await pool.until(run.id, "FAILED");
    expect(failed.state?.message).toMatch(/could not be loaded: .+missing is not defined/);
  });

  it("lets its runs end when it is stopped, and tells them to when it is asked to", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    const { worker, stop, ended } = pool.startWorker();
    const run = await pool.run(await pool.deploy(SLEEPING));
    await pool.until(run.id, "RUNNING");
    stop();
    const later = await pool.run(await pool.deploy(GREETING));
    expect(worker.size).toBe(1);
    worker.stopRuns();
    await ended;
    const crashed = await pool.until(run.id, "CRASHED");
    expect(crashed.state?.message).toContain("SIGTERM");
    expect(await pool.api.flowRuns.get(later.id)).toMatchObject({ state_type: "SCHEDULED" });
  });

  it("takes what is due once, and waits for its end", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "process" });
    const run = await pool.run(await pool.deploy("", forJobs("exit 5")));
    const { api, settings } = pool;
    const logger = terminalLogger("test", { level: "critical", format: "pretty" });
    const infrastructure = new ProcessInfrastructure();
    await new Worker({ api, settings, pool: POOL, infrastructure, logger }).runOnce();
    expect((await api.flowRuns.get(run.id)).state?.message).toContain("exit code 5");
  });

  it("refuses a pool of another type, and to work without a server", async () => {
    const pool = await workedPool();
    await pool.api.workPools.create({ name: POOL, type: "docker" });
    const { api } = pool;
    const logger = terminalLogger("test", { level: "critical", format: "pretty" });
    const given = { api, pool: POOL, infrastructure: new ProcessInfrastructure(), logger };
    const worker = new Worker({ ...given, settings: pool.settings });
    await expect(worker.run(AbortSignal.abort())).rejects.toThrow('pool "etl" is of type docker');
    const settings = loadSettings({ env: {}, overrides: { home: pool.directory } });
    expect(() => new Worker({ ...given, settings })).toThrow("sluice server start");
  });
});
