/** A task run that failed and has retries left is scheduled again. */
import { addSeconds } from "../../timestamp.ts";
import { ACCEPT, type TaskRunContext, type TaskRunRule } from "../../verdict.ts";

/** Rejects FAILED to AwaitingRetry while `run_count <= retries`, unless the client says that it is of no use. */
export const retryFailedTasks: TaskRunRule = (proposal, { run, now, newId }) => {
  if (run.state?.type !== "RUNNING" || proposal.type !== "FAILED") return ACCEPT;
  const retries = run.empirical_policy.retries ?? run.empirical_policy.max_retries;
  if (run.run_count > retries || proposal.state_details.retriable === false) return ACCEPT;
  return {
    type: "reject",
    state: {
      type: "SCHEDULED",
      name: "AwaitingRetry",
      message: proposal.message,
      data: proposal.data,
      state_details: { scheduled_time: addSeconds(now, delaySeconds(run, newId())) },
    },
    reason: "Retrying",
  };
};

/** A list gives the delay of each retry in turn, the last one again and again; jitter lengthens it by chance. */
function delaySeconds(
  { empirical_policy: policy, run_count: count }: TaskRunContext["run"],
  id: string,
): number {
  const given = policy.retry_delay ?? policy.retry_delay_seconds;
  const delay = Array.isArray(given) ? (given[Math.min(count, given.length) - 1] ?? 0) : given;
  return delay * (1 + (policy.retry_jitter_factor ?? 0) * chance(id));
}

/** From 0 to 1, by the end of an id, which is random. */
function chance(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 0xff_ff_ff_ff;
}
