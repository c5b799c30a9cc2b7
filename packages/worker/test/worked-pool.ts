/** A server, a pool on it, deployments of it, and workers for it: all of a test's own. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeEngines,
  type Logger,
  loadSettings,
  openHistory,
  type Settings,
  terminalLogger,
} from "@sluice/core";
import type { DeploymentCreate, FlowRun, Log, OrchestrationApi } from "@sluice/protocol";
import { startServer } from "@sluice/server";
import { expect, onTestFinished, vi } from "vitest";
import { connectionOf, ProcessInfrastructure, Worker, type WorkerOptions } from "../src/index.ts";

export interface WorkedPool {
  readonly api: OrchestrationApi;
  readonly settings: Settings;
  /** Of this test alone. */
  readonly directory: string;
  /** Makes a deployment whose code is a module that may import `CORE`; it exports `report`. */
  deploy(module: string, options?: Partial<DeploymentCreate>): Promise<string>;
  /** Makes a run of a deployment. */
  run(deploymentId: string, parameters?: Record<string, unknown>): Promise<FlowRun>;
  /** A worker that runs until the test is done. */
  startWorker(options?: Partial<WorkerOptions>): StartedWorker;
  /** The run, once it is in a state of this type. */
  until(runId: string, type: FlowRun["state_type"]): Promise<FlowRun>;
  logs(runId: string): Promise<Log[]>;
}

export interface StartedWorker {
  readonly worker: Worker;
  /** Lets the runs it has end. */
  stop(): void;
  readonly ended: Promise<void>;
}

export const POOL = "etl";
/** What modules of deployments import. */
export const CORE: string = JSON.stringify(new URL("../../core/src/index.ts", import.meta.url).href);
const WAIT = { timeout: 40_000, interval: 50 };

/** With the server at `url`, or one in this process. */
export async function workedPool(url?: string): Promise<WorkedPool> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "sluice-worker-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const settings = loadSettings({
    env: {},
    overrides: {
      home: directory,
      "api.url": url ?? (await ownServer(directory)),
      "logging.to_terminal": false,
    },
  });
  const api = await openHistory(settings);
  onTestFinished(() => closeEngines());
  const env = { ...connectionOf(settings).env, SLUICE_HOME: directory, SLUICE_LOGGING_TO_TERMINAL: "false" };
  let deployments = 0;
  return {
    api,
    settings,
    directory,
    async deploy(module, options = {}) {
      deployments += 1;
      const file = `report-${deployments}.ts`;
      await writeFile(join(directory, "package.json"), '{ "type": "module" }');
      await writeFile(join(directory, file), module);
      const flow = await api.flows.create({ name: "report" });
      const { id } = await api.deployments.create({
        name: `report-${deployments}`,
        flow_id: flow.id,
        path: directory,
        entrypoint: `${file}:report`,
        work_pool_name: POOL,
        ...options,
      });
      return id;
    },
    run: (deploymentId, parameters = {}) => api.deployments.createFlowRun(deploymentId, { parameters }),
    startWorker(options = {}) {
      const infrastructure = new ProcessInfrastructure({ env });
      const worker = new Worker({ api, settings, pool: POOL, infrastructure, logger: quiet(), ...options });
      const stopping = new AbortController();
      const ended = worker.run(stopping.signal);
      onTestFinished(async () => {
        stopping.abort();
        worker.stopRuns();
        await ended;
      });
      return { worker, ended, stop: () => stopping.abort() };
    },
    until: (runId, type) =>
      vi.waitFor(async () => {
        const run = await api.flowRuns.get(runId);
        expect([run.state_type, run.state?.message]).toEqual([type, run.state?.message]);
        return run;
      }, WAIT),
    logs: (runId) => api.logs.filter({ logs: { flow_run_id: { any_: [runId] } }, sort: "TIMESTAMP_ASC" }),
  };
}

async function ownServer(directory: string): Promise<string> {
  const databasePath = join(directory, "server.db");
  const server = await startServer({ host: "127.0.0.1", port: 0, stopGraceSeconds: 1, databasePath });
  onTestFinished(() => server.close());
  return server.apiUrl;
}

function quiet(): Logger {
  return terminalLogger("sluice.worker", { level: "critical", format: "pretty" });
}
