/** Signals that many listen to. */
import { setMaxListeners } from "node:events";
import type { Interruptible } from "./interruption.ts";

const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts, at once if it has. However many listen in this way, the signal has one listener: Node
 * warns of a leak at eleven, and a signal for a mapped task has one for every run.
 *
 * @returns stops listening.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const callbacks = listening.get(signal) ?? listen(signal);
  // Wrapped, so that one function given twice is called twice.
  const entry = (): void => callback();
  callbacks.add(entry);
  return () => {
    callbacks.delete(entry);
  };
}

/**
 * Cancels a run when the signal of its caller aborts.
 *
 * @returns stops listening.
 */
export function cancelOnAbort(
  signal: AbortSignal,
  run: Interruptible,
  noun: "Flow run" | "Task run",
): () => void {
  return onAbort(signal, () => {
    const error = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
    run.interrupt({ kind: "cancel", message: `${noun} was cancelled: ${error.message}`, error });
  });
}

/** The listener stays as long as the signal: taking it off and putting it on again for every run would cost more. */
function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  listening.set(signal, callbacks);
  const onEvent = (): void => {
    const all = [...callbacks];
    callbacks.clear();
    for (const callback of all) callback();
  };
  signal.addEventListener("abort", onEvent, { once: true });
  return callbacks;
}

/** A controller whose signal any number of listeners may have, as user code hands it to all that it calls. */
export function sharedController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
