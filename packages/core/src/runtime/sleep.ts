/** Waiting in flows and tasks. */
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { currentClock } from "./current-clock.ts";
import { currentScope } from "./run-scope.ts";

export interface SleepOptions {
  /** Ends the wait with its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves after so many seconds. In a run it ends early, with the reason, when the run is told to stop; in a test with a
 * fake clock it takes no time.
 *
 * @throws {InvalidOptionError} when `seconds` is no number ≥ 0.
 */
export async function sleep(seconds: number, { signal }: SleepOptions = {}): Promise<void> {
  if (!(seconds >= 0)) throw new InvalidOptionError(`sleep() needs a number of seconds ≥ 0, not ${seconds}.`);
  const scope = currentScope();
  const run = scope?.taskRun ?? scope?.flowRun;
  const signals = [signal, run?.signal].filter((each) => each !== undefined);
  await currentClock().sleep(seconds * 1000, signals.length > 1 ? AbortSignal.any(signals) : signals[0]);
}
