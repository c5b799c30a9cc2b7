/** Ctrl-C and SIGTERM while a flow runs: the engine ends the run, and this process stays to tell how it ended. */
import { EXIT_SIGINT, EXIT_SIGTERM } from "../exit-codes.ts";

export type StopSignal = "SIGINT" | "SIGTERM";

const EXIT_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: EXIT_SIGINT, SIGTERM: EXIT_SIGTERM };

export interface StopSignals {
  /** The exit code of the signal that came; `undefined` when none did. */
  readonly exitCode: number | undefined;
  /** Signals take their usual effect again. */
  release(): void;
}

/**
 * Listens beside the engine, which interrupts the run at the first signal, ends the process at the second, and lets the
 * signal take effect after the run only where nobody else listens. `onFirst` may tell people what happens now.
 */
export function holdStopSignals(onFirst: (signal: StopSignal) => void): StopSignals {
  let exitCode: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (exitCode !== undefined) return;
    const signal = name === "SIGTERM" ? "SIGTERM" : "SIGINT";
    exitCode = EXIT_CODES[signal];
    onFirst(signal);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    get exitCode() {
      return exitCode;
    },
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
