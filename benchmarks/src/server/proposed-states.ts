/** Bodies as Prefect's own client sends them. */

const STATE_DETAILS = {
  flow_run_id: null,
  task_run_id: null,
  child_flow_run_id: null,
  scheduled_time: null,
  cache_key: null,
  cache_expiration: null,
  deferred: null,
  untrackable_result: false,
  pause_timeout: null,
  pause_reschedule: false,
  pause_key: null,
  run_input_keyset: null,
  refresh_cache: null,
  retriable: null,
  transition_id: null,
  task_parameters_id: null,
  traceparent: null,
  deployment_concurrency_lease_id: null,
};

/** A state to be born in or to go to. */
export function proposedState(type: string): object {
  const name = type[0] + type.slice(1).toLowerCase();
  return { type, name, message: null, data: null, state_details: STATE_DETAILS };
}

/** The body that opens a flow run. */
export function flowRunBody(flowId: string): object {
  return {
    state: proposedState("PENDING"),
    name: null,
    flow_id: flowId,
    flow_version: "1",
    parameters: { count: 3, path: "data/today" },
    context: {},
    parent_task_run_id: null,
    empirical_policy: { retries: 0, retry_delay: 0 },
    tags: ["benchmark"],
    idempotency_key: null,
  };
}
