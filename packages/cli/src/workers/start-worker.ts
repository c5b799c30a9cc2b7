/** Runs a worker until somebody stops it. */
import { closeEngines, openHistory, type Settings, terminalLogger } from "@sluice/core";
import { EXIT_OK } from "../exit-codes.ts";
import type { Terminal } from "../output/terminal.ts";
import { loadTypeScriptInProcesses } from "../running/load-typescript.ts";
import { answerHealthChecks } from "./health-check.ts";
import { onStopSignals } from "./on-stop-signals.ts";

export interface WorkerFlags {
  readonly pool: string;
  readonly name?: string;
  readonly limit?: number;
  readonly workQueue?: readonly string[];
  readonly warm: number;
  readonly runOnce?: true;
  /** The port. */
  readonly withHealthcheck?: number;
}

/** @returns the exit code: being stopped is what a worker is for, so 0. */
export async function startWorker(
  flags: WorkerFlags,
  settings: Settings,
  terminal: Terminal,
): Promise<number> {
  const logger = terminalLogger("sluice.worker", settings.logging);
  for (const warning of settings.warnings) logger.warn(warning);
  loadTypeScriptInProcesses();
  const { connectionOf, ProcessInfrastructure, Worker } = await import("@sluice/worker");
  const infrastructure = new ProcessInfrastructure({
    // Runs log to the server; on the terminal there would be every line twice.
    env: { ...connectionOf(settings).env, SLUICE_LOGGING_TO_TERMINAL: "false" },
    warmProcesses: flags.runOnce ? 0 : flags.warm,
  });
  try {
    const worker = new Worker({
      api: await openHistory(settings),
      settings,
      infrastructure,
      logger,
      pool: flags.pool,
      name: flags.name,
      limit: flags.limit,
      workQueues: flags.workQueue,
      show: (line) => terminal.stdout.write(`${line}\n`),
    });
    if (flags.runOnce) {
      await worker.runOnce();
      return EXIT_OK;
    }
    const health =
      flags.withHealthcheck === undefined
        ? undefined
        : await answerHealthChecks(flags.withHealthcheck, worker, logger);
    const signals = onStopSignals(
      () => logger.info("The worker stops; once more stops its runs", { runs: worker.size }),
      () => worker.stopRuns(),
    );
    try {
      await worker.run(signals.stopped);
    } finally {
      signals.release();
      await health?.close();
    }
    return EXIT_OK;
  } finally {
    await infrastructure.close();
    await closeEngines();
  }
}
