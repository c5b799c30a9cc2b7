/** Who may pause, and when. */
import {
  ACCEPT,
  type FlowRunContext,
  type FlowRunRule,
  type ProposedState,
  type Verdict,
} from "../verdict.ts";

/**
 * Lets only running flows pause, each pause (known by its key) once, and lets only those suspend that can be started
 * again: runs of a deployment that are not sub-flow runs. Remembers the key of the pause.
 */
export const handlePausing: FlowRunRule = (proposal, context) => {
  if (proposal.type !== "PAUSED") return ACCEPT;
  const { run } = context;
  const verb = proposal.name === "Suspended" ? "suspend" : "pause";
  if (run.state === null) return { type: "abort", reason: `Cannot ${verb} flows with no state.` };
  if (run.state.type !== "RUNNING") {
    return { type: "reject", state: null, reason: `Cannot ${verb} flows that are not currently running.` };
  }
  const key = proposal.state_details.pause_key ?? context.newId();
  if (run.empirical_policy.pause_keys.includes(key)) {
    return { type: "reject", state: null, reason: `This ${verb} has already fired.` };
  }
  return refuseSuspension(proposal, context, verb) ?? acceptPause(context, key);
};

function refuseSuspension(
  proposal: ProposedState,
  { run }: FlowRunContext,
  verb: string,
): Verdict | undefined {
  if (proposal.state_details.pause_reschedule !== true) return undefined;
  if (run.parent_task_run_id !== null) return { type: "abort", reason: `Cannot ${verb} subflows.` };
  if (run.deployment_id === null)
    return { type: "abort", reason: `Cannot ${verb} flows without a deployment.` };
  return undefined;
}

function acceptPause({ run }: FlowRunContext, key: string): Verdict {
  const policy = { ...run.empirical_policy, pause_keys: [...run.empirical_policy.pause_keys, key] };
  return { type: "accept", run: { empirical_policy: policy } };
}
