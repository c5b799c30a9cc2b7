/** The state of a task run that its task runner could not run. */
import { ERROR_CODES, isSluiceError } from "@sluice/protocol";
import { processRedactor } from "../logging/redactor.ts";
import type { State } from "../states/state.ts";
import { Crashed, Failed } from "../states/state-factories.ts";

/**
 * Failed when the definition or the arguments are at fault, TimedOut when the runner had to end code that blocked its
 * thread, Crashed when what should have run it went away.
 */
export function runnerFailureState(error: unknown): State {
  if (isSluiceError(error, "TIMED_OUT")) {
    return Failed({ name: "TimedOut", message: error.message, data: error });
  }
  const message = `Task run could not be run: ${describe(error)}`;
  // An error from another process has its code, but not its class.
  const isFault = isSluiceError(error) && ERROR_CODES[error.code] < 500;
  return isFault ? Failed({ message, data: error }) : Crashed({ message, data: error });
}

/** An error in one line, for the messages of states: without secrets. */
export function describe(error: unknown): string {
  return processRedactor.redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
