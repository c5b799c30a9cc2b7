/** Whether a state leads to a result that outlives the run. */
import type { ProposedState } from "./verdict.ts";

type StateWithData = Pick<ProposedState, "type" | "data">;

/** Whether a state is completed with data that is a reference to a result, or anything but a note that there is none. */
export function hasPersistedResult(state: StateWithData): boolean {
  const { type, data } = state;
  if (type !== "COMPLETED" || data === null || data === undefined) return false;
  return !(typeof data === "object" && "type" in data && data.type === "unpersisted");
}

/** Whether going from `current` to `proposal` would lose the way to a persisted result. */
export function losesResult(current: StateWithData, proposal: StateWithData): boolean {
  return hasPersistedResult(current) && proposal.type === "COMPLETED" && !hasPersistedResult(proposal);
}
