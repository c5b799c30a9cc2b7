/** Calls user code so that a timeout or a cancellation ends the wait for it. */
import type { Logger } from "../logging/logger.ts";
import type { Clock } from "../runtime/clock.ts";
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
  readonly services: { readonly clock: Clock };
  readonly engineLogger: Logger;
  interrupt(interruption: Interruption): void;
  onInterrupt: ((interruption: Interruption) => void) | undefined;
  /** Told of code that goes on although nobody waits for it any more. */
  abandon?(code: PromiseLike<unknown>): void;
}

/**
 * The value of `call`. On a timeout the run is interrupted and the wait ends at once. On a cancellation the code has
 * `graceMs` to end by itself, having seen its signal abort; then the wait ends without it. JavaScript cannot stop code
 * that does not look at its signal: it runs on, and what it gives or throws later is ignored. A run that was told to
 * stop before is not called at all.
 */
export function callInterruptibly(run: InterruptibleRun, code: InterruptibleCall): unknown {
  if (run.interruption !== undefined) throw run.interruption.error;
  const value = code.call();
  return isPromiseLike(value) ? waitInterruptibly(run, value, code.timeoutSeconds) : value;
}

/**
 * The value, with anything awaitable made a promise in the calling scope: a future that user code returns without
 * awaiting it is then awaited in the name of its run, which lends its slot.
 */
export function settledInScope(value: unknown): unknown {
  return isPromiseLike(value) ? Promise.resolve(value) : value;
}

function waitInterruptibly(
  run: InterruptibleRun,
  value: PromiseLike<unknown>,
  timeoutSeconds: number | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { clock } = run.services;
    let stopGrace: (() => void) | undefined;
    const stopTimeout =
      timeoutSeconds === undefined
        ? undefined
        : clock.startTimer(() => run.interrupt(timeout(run.name, timeoutSeconds)), timeoutSeconds * 1000);
    const stopWatching = (): void => {
      stopTimeout?.();
      stopGrace?.();
      run.onInterrupt = undefined;
    };
    const giveUp = (error: Error): void => {
      stopWatching();
      run.abandon?.(value);
      reject(error);
    };
    run.onInterrupt = (interruption) => {
      if (interruption.kind === "timeout") giveUp(interruption.error);
      else stopGrace = clock.startTimer(() => giveUp(ignoredStop(run)), run.graceMs);
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

function ignoredStop(run: InterruptibleRun): Error {
  const words = `${run.name} did not stop within ${run.graceMs / 1000} s of being told to.`;
  run.engineLogger.warn("A run did not stop in time; its code may go on, and what it does is ignored", {
    name: run.name,
    graceSeconds: run.graceMs / 1000,
  });
  return new CancelledRunError(words);
}

function timeout(name: string, seconds: number): Interruption {
  const error = new TimedOutError(`Run ${name}`, seconds);
  return { kind: "timeout", message: error.message, error };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
