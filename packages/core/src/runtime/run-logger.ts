/** The logger of the current run. */
import type { Logger } from "../logging/logger.ts";
import { PrintCapture } from "../logging/print-capture.ts";
import { MissingContextError } from "./run-context.ts";
import { currentScope } from "./run-scope.ts";

/**
 * The logger of the innermost run that the calling code belongs to; its lines go to the terminal and to history.
 *
 * @throws {MissingContextError} outside a flow run and a task run.
 */
export function runLogger(): Logger {
  const logger = findRunLogger();
  if (logger === undefined) {
    throw new MissingContextError(
      "runLogger() was called outside a flow run and a task run. Call it from a function that was made with flow() or task().",
    );
  }
  return logger;
}

function findRunLogger(): Logger | undefined {
  const scope = currentScope();
  return (scope?.taskRun ?? scope?.flowRun)?.logger;
}

const prints = new PrintCapture(() => {
  const scope = currentScope();
  const run = scope?.taskRun ?? scope?.flowRun;
  return run?.logsPrints === true ? run.logger : undefined;
});

/** Makes lines of `console` calls in runs with `logPrints`; call the returned function when the run has ended. */
export function capturePrints(): () => void {
  return prints.acquire();
}
