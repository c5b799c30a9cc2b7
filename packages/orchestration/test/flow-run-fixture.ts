import { newId, type StateType } from "@sluice/protocol";
import type { StoredFlowRun } from "../src/store.ts";
import type { FlowRunContext, ProposedState } from "../src/verdict.ts";

export const NOW = "2026-03-04T05:06:07.123457Z";

/** A proposed state. */
export function proposed(type: StateType, members: Partial<ProposedState> = {}): ProposedState {
  const name = type.charAt(0) + type.slice(1).toLowerCase();
  return { type, name, message: null, data: null, state_details: {}, ...members };
}

/** A flow run in a state (none for null), a second before `NOW`. */
export function flowRun(state: ProposedState | null, members: Partial<StoredFlowRun> = {}): StoredFlowRun {
  const current = state && { ...state, id: newId(), timestamp: "2026-03-04T05:06:06.123457Z" };
  return {
    id: newId(),
    created: NOW,
    updated: NOW,
    name: "brave-otter",
    flow_id: newId(),
    deployment_id: null,
    deployment_version: null,
    work_queue_id: null,
    work_queue_name: null,
    flow_version: null,
    parameters: {},
    idempotency_key: null,
    context: {},
    empirical_policy: { max_retries: 0, retry_delay_seconds: 0, pause_keys: [] },
    tags: [],
    labels: {},
    parent_task_run_id: null,
    run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
    auto_scheduled: false,
    infrastructure_document_id: null,
    infrastructure_pid: null,
    created_by: null,
    work_pool_id: null,
    work_pool_name: null,
    job_variables: null,
    state: current,
    state_id: current?.id ?? null,
    state_type: current?.type ?? null,
    state_name: current?.name ?? null,
    ...members,
  };
}

export function contextOf(run: StoredFlowRun): FlowRunContext {
  return { run, now: NOW, newId };
}
