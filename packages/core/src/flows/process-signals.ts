/** Ctrl-C and SIGTERM while flows run: they are told to stop, and the process ends as it would have. */
import type { FlowRun } from "../runtime/flow-run.ts";
import { CancelledRunError, CrashedRunError } from "../states/run-errors.ts";

type StopSignal = "SIGINT" | "SIGTERM";

const watched = new Set<FlowRun>();
let received: StopSignal | undefined;

/**
 * Watches for the process's stop signals as long as outermost flow runs are alive. SIGINT (Ctrl-C) cancels them,
 * SIGTERM crashes them (their surroundings stop the process, the run could go on elsewhere); a second signal ends the
 * process at once. When the last run has ended, the signal takes its usual effect, unless the program listens to it
 * itself.
 *
 * @returns stops watching this run.
 */
export function watchProcessSignals(flowRun: FlowRun): () => Promise<void> {
  if (watched.size === 0) {
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  }
  watched.add(flowRun);
  if (received !== undefined) flowRun.interrupt(interruptionOf(received));
  return async () => {
    watched.delete(flowRun);
    if (watched.size > 0) return;
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    if (received !== undefined) await passOn(received);
  };
}

function onSignal(signal: NodeJS.Signals): void {
  const stop = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
  if (received !== undefined) process.exit(exitCode(stop));
  received = stop;
  for (const flowRun of [...watched]) flowRun.interrupt(interruptionOf(stop));
}

function interruptionOf(signal: StopSignal): Parameters<FlowRun["interrupt"]>[0] {
  if (signal === "SIGINT") {
    const message = "Flow run was cancelled by Ctrl-C (SIGINT)";
    return { kind: "cancel", message, error: new CancelledRunError(message) };
  }
  const message = "The process of the flow run was told to stop (SIGTERM)";
  return { kind: "crash", message, error: new CrashedRunError(message) };
}

/** Lets the signal do what it does to a program without us. */
async function passOn(signal: StopSignal): Promise<void> {
  received = undefined;
  if (process.listenerCount(signal) > 0) return;
  process.exitCode = exitCode(signal);
  process.kill(process.pid, signal);
  // The signal arrives in a later turn of the event loop; nothing of the program should run before it.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** By convention 128 and the signal's number. */
function exitCode(signal: StopSignal): number {
  return signal === "SIGINT" ? 130 : 143;
}
