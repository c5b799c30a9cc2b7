/** From a state to its value or its error. */
import { MissingResultError } from "../results/missing-result-error.ts";
import {
  CancelledRunError,
  CrashedRunError,
  FailedRunError,
  PausedRunError,
  UnfinishedRunError,
} from "./run-errors.ts";
import type { State } from "./state.ts";

export interface StateResultOptions {
  /** Whether a run that did not complete rejects (default) or gives its error as the value. */
  readonly raiseOnFailure?: boolean | undefined;
}

/** The value of a completed state; see `State.result`. */
export async function resultOfState(state: State, options: StateResultOptions): Promise<unknown> {
  if (state.type === "COMPLETED") {
    if (state.data === undefined) throw new MissingResultError(`state ${state.id}`);
    if (state.data.kind === "value") return state.data.value;
    if (state.data.kind === "stored") return state.data.read();
  }
  const error = errorOfState(state);
  if (options.raiseOnFailure === false) return error;
  throw error;
}

/** What a run that did not complete failed with: what it threw, or an error that says how it ended. */
export function errorOfState(state: State): unknown {
  if (state.data?.kind === "error") return state.data.error;
  const message = state.message ?? `The run ended in state ${state.name}.`;
  switch (state.type) {
    case "FAILED":
      return new FailedRunError(message);
    case "CRASHED":
      return new CrashedRunError(message);
    case "CANCELLED":
    case "CANCELLING":
      return new CancelledRunError(message);
    case "PAUSED":
      return new PausedRunError(message);
    case "SCHEDULED":
    case "PENDING":
    case "RUNNING":
    case "COMPLETED":
      return new UnfinishedRunError(
        state.message ?? `The run has not ended: it is in state ${state.name}, so it has no result.`,
      );
  }
}
