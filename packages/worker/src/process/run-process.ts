/** The program of the processes of `RunProcesses`: loads what every run needs, waits to be told which, and runs it. */
import { closeEngines, executeFlowRun, openHistory, resetSettings, thisOwner } from "@sluice/core";
import { CLAIM_VARIABLE, RUN_VARIABLE } from "../run-variables.ts";
import type { RunOrder } from "./run-processes.ts";

// When the worker is gone nobody reads; the run goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
const endUnused = (): never => process.exit();
process.once("disconnect", endUnused);
process.once("message", (order) => void run(order as RunOrder));
// What every run needs is there when the run comes. What goes wrong goes wrong again then, and is told.
await Promise.allSettled([openHistory(), thisOwner()]);

async function run({ env, directory }: RunOrder): Promise<void> {
  process.off("disconnect", endUnused);
  // Not while Node.js is still at this message.
  setImmediate(() => process.disconnect());
  Object.assign(process.env, env);
  resetSettings();
  try {
    process.chdir(directory);
    const state = await executeFlowRun(env[RUN_VARIABLE] ?? "", { claimId: env[CLAIM_VARIABLE] });
    process.exitCode = state.isCompleted() || !state.isFinal() ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
  await closeEngines();
  // Timers and sockets that the flow left open must not keep the process: the run has ended.
  process.exit();
}
