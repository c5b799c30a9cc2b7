/** Ctrl-C and SIGTERM for programs that finish what they have, or end it when they are asked again. */
import { EXIT_SIGINT, EXIT_SIGTERM } from "../exit-codes.ts";

export interface StopRequests {
  /** Aborts with the first signal. */
  readonly stopped: AbortSignal;
  /** Signals take their usual effect again. */
  release(): void;
}

/** The third signal ends the process, whatever it is doing. */
export function onStopSignals(onFirst: () => void, onSecond: () => void): StopRequests {
  const stopping = new AbortController();
  let count = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count > 2) process.exit(signal === "SIGTERM" ? EXIT_SIGTERM : EXIT_SIGINT);
    if (count === 2) {
      onSecond();
    } else {
      onFirst();
      stopping.abort();
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    stopped: stopping.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
