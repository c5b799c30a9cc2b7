/** Why a run is told to stop before its end, and the state it ends in for that. */

import type { State } from "../states/state.ts";
import { Cancelled, Crashed, Failed } from "../states/state-factories.ts";

/**
 * - `cancel`: a person or program asked for it → CANCELLED
 * - `crash`: the process is being stopped by its surroundings → CRASHED
 * - `timeout`: `timeoutSeconds` passed → FAILED, named TimedOut
 */
export interface Interruption {
  readonly kind: "cancel" | "crash" | "timeout";
  readonly message: string;
  /** The reason of the abort signals, and what waiting code sees. */
  readonly error: Error;
}

/** A run that can be told to stop. */
export interface Interruptible {
  interrupt(interruption: Interruption): void;
}

/** What a run's interruption is for the runs inside it: the timeout of an outer run cancels the inner ones. */
export function inherited(interruption: Interruption): Interruption {
  return interruption.kind === "timeout" ? { ...interruption, kind: "cancel" } : interruption;
}

/** Whether a run that was told to stop for `earlier` is now to stop for `later`: a timeout is retried, other reasons are not. */
export function isOverruled(earlier: Interruption | undefined, later: Interruption): boolean {
  return earlier === undefined || (earlier.kind === "timeout" && later.kind !== "timeout");
}

/** The final state of a run that stopped because of an interruption. */
export function stateOfInterruption(interruption: Interruption): State {
  const { message, error } = interruption;
  switch (interruption.kind) {
    case "cancel":
      return Cancelled({ message, data: error });
    case "crash":
      return Crashed({ message, data: error });
    case "timeout":
      return Failed({ name: "TimedOut", message, data: error });
  }
}
