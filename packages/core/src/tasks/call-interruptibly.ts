/** Calls user code so that a timeout or a cancellation ends the wait for it. */
import type { Interruption } from "../runtime/interruption.ts";
import { CancelledRunError, TimedOutError } from "../states/run-errors.ts";

/** What is called: a task run or a flow run. */
export interface InterruptibleCall {
  readonly timeoutSeconds: number | undefined;
  call(): unknown;
}

/** The run whose code is called. */
export interface InterruptibleRun {
  readonly name: string;
  readonly interruption: Interruption | undefined;
  readonly graceMs: number;
  interrupt(interruption: Interruption): void;
  onInterrupt: ((interruption: Interruption) => void) | undefined;
  /** Told of code that goes on although nobody waits for it any more. */
  abandon?(code: PromiseLike<unknown>): void;
}

/**
 * The value of `call`. On a timeout the run is interrupted and the wait ends at once. On a cancellation the code has
 * `graceMs` to end by itself, having seen its signal abort; then the wait ends without it. JavaScript cannot stop code
 * that does not look at its signal: it runs on, and what it gives or throws later is ignored.
 */
export function callInterruptibly(
  run: InterruptibleRun,
  { call, timeoutSeconds }: InterruptibleCall,
): unknown {
  const value = call();
  if (!isPromiseLike(value)) return value;
  return new Promise((resolve, reject) => {
    let graceTimer: NodeJS.Timeout | undefined;
    const timeoutTimer =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => run.interrupt(timeout(run.name, timeoutSeconds)), timeoutSeconds * 1000);
    const stopWatching = (): void => {
      clearTimeout(timeoutTimer);
      clearTimeout(graceTimer);
      run.onInterrupt = undefined;
    };
    run.onInterrupt = (interruption) => {
      if (interruption.kind === "timeout") {
        stopWatching();
        run.abandon?.(value);
        reject(interruption.error);
      } else {
        graceTimer = setTimeout(() => {
          stopWatching();
          run.abandon?.(value);
          reject(
            new CancelledRunError(
              `${run.name} did not stop within ${run.graceMs / 1000} s of being told to.`,
            ),
          );
        }, run.graceMs);
      }
    };
    value.then(
      (result) => {
        stopWatching();
        resolve(result);
      },
      (error) => {
        stopWatching();
        reject(error);
      },
    );
  });
}

function timeout(name: string, seconds: number): Interruption {
  const error = new TimedOutError(`Run ${name}`, seconds);
  return { kind: "timeout", message: error.message, error };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
