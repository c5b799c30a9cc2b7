/** A proposal that was sent again because its answer got lost. */
import { ACCEPT, type RunRule } from "../verdict.ts";

/** Rejects a proposal that carries the `transition_id` of the current state, so that clients may repeat themselves. */
export const preventDuplicateTransitions: RunRule = (proposal, { run }) => {
  const proposed = proposal.state_details.transition_id ?? null;
  if (proposed === null || proposed !== run.state?.state_details.transition_id) return ACCEPT;
  return { type: "reject", state: null, reason: "This run has already made this state transition." };
};
