/** Ctrl-C and SIGTERM for programs that run until then. */
import { EXIT_SIGINT, EXIT_SIGTERM } from "../exit-codes.ts";

/** Resolves at the first signal; a second one ends the process, whatever it is doing. */
export function untilStopped(): Promise<"SIGINT" | "SIGTERM"> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      const name = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
      if (isStopping) process.exit(name === "SIGTERM" ? EXIT_SIGTERM : EXIT_SIGINT);
      isStopping = true;
      resolve(name);
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
