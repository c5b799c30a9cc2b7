/** Waiting for runs, with a time limit and a way out. */

import { currentClock } from "../runtime/current-clock.ts";
import { onAbort } from "../runtime/on-abort.ts";
import { lendSlotWhile } from "../runtime/run-scope.ts";
import { WaitTimeoutError } from "../states/run-errors.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";

export interface WaitOptions {
  /** How long to wait before a `WaitTimeoutError`; default: for ever. The run itself is not affected. */
  readonly timeoutSeconds?: number | undefined;
  /** Ends the wait with its reason when it aborts. The run itself is not affected. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for `done` within the limits. A task that waits here lends its slot meanwhile, so that no concurrency limit can
 * deadlock.
 *
 * @throws {WaitTimeoutError} when `timeoutSeconds` pass first.
 * @throws {InvalidOptionError} when `timeoutSeconds` is no time.
 */
export function waitWithLimits(done: Promise<void>, what: string, options: WaitOptions): Promise<void> {
  const { timeoutSeconds, signal } = options;
  if (timeoutSeconds !== undefined && !(timeoutSeconds >= 0)) {
    throw new InvalidOptionError(`timeoutSeconds must be a number of seconds ≥ 0, not ${timeoutSeconds}.`);
  }
  signal?.throwIfAborted();
  const isLimited = timeoutSeconds !== undefined || signal !== undefined;
  return lendSlotWhile(isLimited ? limited(done, what, options) : done);
}

function limited(done: Promise<void>, what: string, { timeoutSeconds, signal }: WaitOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = signal && onAbort(signal, () => finish(() => reject(signal.reason)));
    const stopTimer =
      timeoutSeconds === undefined
        ? undefined
        : currentClock().startTimer(
            () => finish(() => reject(new WaitTimeoutError(what, timeoutSeconds))),
            timeoutSeconds * 1000,
          );
    const finish = (settle: () => void): void => {
      stopTimer?.();
      stopListening?.();
      settle();
    };
    done.then(
      () => finish(resolve),
      (error) => finish(() => reject(error)),
    );
  });
}
