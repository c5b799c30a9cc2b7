import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer } from "@sluice/server";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const CORE = JSON.stringify(new URL("../../../core/src/index.ts", import.meta.url).href);
const MODULE = `import { flow, sleep } from ${CORE};
  export const report = flow({ name: "report" }, async ({ seconds = 0 }: { seconds?: number }) => {
    await sleep(seconds);
  });`;
const WAIT = { timeout: 30_000, interval: 50 };

/** What these tests read of an answer. */
interface Answer {
  readonly id: string;
  readonly state_name: string | null;
}

/** A server with a deployment `report/nightly` in the pool `etl`, and ways to ask it. */
async function deployedServer() {
  const home = await temporaryDirectory();
  const databasePath = join(home, "server.db");
  const server = await startServer({ host: "127.0.0.1", port: 0, stopGraceSeconds: 1, databasePath });
  onTestFinished(() => server.close());
  const ask = async (path: string, body?: object): Promise<Answer> => {
    const request = { method: "POST", headers: { "content-type": "application/json" } };
    const answer = await fetch(`${server.apiUrl}${path}`, body && { ...request, body: JSON.stringify(body) });
    return (await answer.json()) as Answer;
  };
  await writeFile(join(home, "package.json"), '{ "type": "module" }');
  await writeFile(join(home, "report.ts"), MODULE);
  await ask("/work_pools/", { name: "etl", type: "process" });
  const { id: flow_id } = await ask("/flows/", { name: "report" });
  const code = { path: home, entrypoint: "report.ts:report", work_pool_name: "etl" };
  const { id } = await ask("/deployments/", { name: "nightly", flow_id, ...code });
  return {
    home,
    env: { SLUICE_API_URL: server.apiUrl },
    run: (parameters = {}) => ask(`/deployments/${id}/create_flow_run`, { parameters }),
    until: (runId: string, name: string) =>
      vi.waitFor(async () => {
        const run = await ask(`/flow_runs/${runId}`);
        expect(run.state_name).toBe(name);
        return run;
      }, WAIT),
  };
}

describe("sluice worker", () => {
  it("runs what is deployed, is listed, and ends when it is told to", async () => {
    const { home, env, run, until } = await deployedServer();
    const worker = spawnSluice(["worker", "start", "--pool", "etl", "--name", "one"], { home, env });
    await worker.says("Worker started");
    await until((await run()).id, "Completed");
    const sluice = await setUpSluice({ home });
    expect((await sluice("worker ls --pool etl", { env })).stdout).toMatch(/^one\tonline\t/);
    worker.child.kill("SIGTERM");
    const { code, stderr } = await worker.ended;
    expect(code).toBe(0);
    expect(stderr).toContain("Worker stopped");
  }, 60_000);

  it("does not take its runs with it when it is killed", async () => {
    const { home, env, run, until } = await deployedServer();
    const worker = spawnSluice(["worker", "start", "--pool", "etl", "--warm", "0"], { home, env });
    await worker.says("Worker started");
    const { id } = await run({ seconds: 1 });
    await until(id, "Running");
    worker.child.kill("SIGKILL");
    await until(id, "Completed");
  }, 60_000);

  it("answers health checks, and takes what is due once", async () => {
    const { home, env, run, until } = await deployedServer();
    const args = ["worker", "start", "--pool", "etl", "--warm", "0", "--with-healthcheck", "0"];
    const worker = spawnSluice(args, { home, env });
    await worker.says("Worker started");
    const port = /Health checks are answered.+port=(\d+)/.exec(worker.said())?.[1];
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toEqual({ message: "OK" });
    worker.child.kill("SIGINT");
    await worker.ended;
    const { id } = await run();
    const once = spawnSluice(["worker", "start", "--pool", "etl", "--run-once"], { home, env });
    expect((await once.ended).code).toBe(0);
    await until(id, "Completed");
  }, 60_000);

  it("says what to do without a server, without a run, and about a misspelt option", async () => {
    const sluice = await setUpSluice();
    expect(await sluice("worker start --pool etl")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sluice server start"),
    });
    expect(await sluice("flow-run execute")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("SLUICE__FLOW_RUN_ID"),
    });
    expect(await sluice("worker start --pool etl --limt 2")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--limit"),
    });
  });
});
