/** Ctrl-C and SIGTERM for programs that run until then. */
import { EXIT_SIGINT, EXIT_SIGTERM } from "../exit-codes.ts";
import type { StopSignal } from "../running/stop-signals.ts";

/**
 * Does `work` with a promise of the first signal, listening from the beginning, so that one that comes while the program
 * starts is not lost. A second signal ends the process, whatever it is doing.
 */
export async function withStopSignal<T>(work: (stopped: Promise<StopSignal>) => Promise<T>): Promise<T> {
  let isStopping = false;
  let stop: (signal: StopSignal) => void = () => undefined;
  const stopped = new Promise<StopSignal>((resolve) => {
    stop = resolve;
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    const name = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
    if (isStopping) process.exit(name === "SIGTERM" ? EXIT_SIGTERM : EXIT_SIGINT);
    isStopping = true;
    stop(name);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await work(stopped);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
