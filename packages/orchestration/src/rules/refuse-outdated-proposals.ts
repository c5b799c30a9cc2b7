/** A proposal of a process that does not know what has become of the run meanwhile. */
import { ACCEPT, type RunRule } from "../verdict.ts";

/**
 * Aborts a proposal that names a state which the run has left: a worker that claims a run which another has had already,
 * or a process whose run was claimed anew.
 */
export const refuseOutdatedProposals: RunRule = (proposal, { run }) => {
  const expected = proposal.state_details.expected_state_id ?? null;
  if (expected === null || expected === run.state?.id) return ACCEPT;
  const now = run.state?.name ?? "without a state";
  return {
    type: "abort",
    reason: `The run is ${now} by now: it has left the state that this proposal was decided on.`,
  };
};
