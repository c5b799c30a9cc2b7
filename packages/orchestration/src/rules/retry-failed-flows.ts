/** A flow run that failed and has retries left is scheduled again in its process. */
import { addSeconds } from "../timestamp.ts";
import { ACCEPT, type FlowRunContext, type FlowRunRule, type ProposedState } from "../verdict.ts";

/**
 * Rejects FAILED to AwaitingRetry while `run_count <= retries`. `retry_type` keeps everyone but the run's own process
 * from picking it up meanwhile. The state's `retriable` has no say: Prefect's client sends false with every exception.
 */
export const retryFailedFlows: FlowRunRule = (proposal, context) => {
  const { run } = context;
  if (run.state?.type !== "RUNNING" || proposal.type !== "FAILED") return ACCEPT;
  const policy = run.empirical_policy;
  const retries = policy.retries ?? 0;
  if (retries === 0 || run.run_count > retries) {
    return { type: "accept", run: { empirical_policy: { ...policy, retry_type: null } } };
  }
  return {
    type: "reject",
    state: awaitingRetry(proposal, context),
    reason: "Retrying",
    run: { empirical_policy: { ...policy, resuming: false, pause_keys: [], retry_type: "in_process" } },
  };
};

function awaitingRetry(proposal: ProposedState, { run, now }: FlowRunContext): ProposedState {
  return {
    type: "SCHEDULED",
    name: "AwaitingRetry",
    message: proposal.message,
    data: proposal.data,
    state_details: { scheduled_time: addSeconds(now, retryDelaySeconds(run)) },
  };
}

/** A list gives the delay of each retry in turn, the last one again and again. */
function retryDelaySeconds({
  empirical_policy: { retry_delay: delay },
  run_count: runCount,
}: FlowRunContext["run"]): number {
  if (!Array.isArray(delay)) return delay ?? 0;
  return delay[Math.min(runCount, delay.length) - 1] ?? 0;
}
