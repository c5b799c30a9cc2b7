/**
 * Copies of stored objects. Members are written out because V8 gives such literals one fast shape: a copied run takes
 * 0.1 µs, where spreading changed members over it takes 3 µs and makes every later copy slow too.
 */
import type { TaskRunRecord, WireState } from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";

/** A state that shares nothing with the given one. */
export function copyState(state: WireState): WireState {
  return {
    id: state.id,
    type: state.type,
    name: state.name,
    timestamp: state.timestamp,
    message: state.message,
    data: jsonCopy(state.data ?? null),
    state_details: jsonCopy(state.state_details),
  };
}

/** A flow run that shares nothing with the given one. */
export function copyFlowRun(run: StoredFlowRun): StoredFlowRun {
  return {
    id: run.id,
    created: run.created,
    updated: run.updated,
    name: run.name,
    flow_id: run.flow_id,
    state_id: run.state_id,
    deployment_id: run.deployment_id,
    deployment_version: run.deployment_version,
    work_queue_id: run.work_queue_id,
    work_queue_name: run.work_queue_name,
    flow_version: run.flow_version,
    parameters: jsonCopy(run.parameters),
    idempotency_key: run.idempotency_key,
    context: jsonCopy(run.context),
    empirical_policy: jsonCopy(run.empirical_policy),
    tags: [...run.tags],
    labels: jsonCopy(run.labels),
    parent_task_run_id: run.parent_task_run_id,
    state_type: run.state_type,
    state_name: run.state_name,
    run_count: run.run_count,
    expected_start_time: run.expected_start_time,
    next_scheduled_start_time: run.next_scheduled_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    auto_scheduled: run.auto_scheduled,
    infrastructure_document_id: run.infrastructure_document_id,
    infrastructure_pid: run.infrastructure_pid,
    created_by: jsonCopy(run.created_by),
    work_pool_id: run.work_pool_id,
    work_pool_name: run.work_pool_name,
    state: run.state === null ? null : copyState(run.state),
    job_variables: jsonCopy(run.job_variables),
  };
}

/** A task run that shares nothing with the given one. */
export function copyTaskRun(run: StoredTaskRun): StoredTaskRun {
  return {
    id: run.id,
    flow_run_id: run.flow_run_id,
    name: run.name,
    task_key: run.task_key,
    dynamic_key: run.dynamic_key,
    task_version: run.task_version,
    cache_key: run.cache_key,
    cache_expiration: run.cache_expiration,
    empirical_policy: jsonCopy(run.empirical_policy),
    tags: [...run.tags],
    task_inputs: jsonCopy(run.task_inputs),
    run_count: run.run_count,
    flow_run_run_count: run.flow_run_run_count,
    expected_start_time: run.expected_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    created: run.created,
    updated: run.updated,
    labels: jsonCopy(run.labels),
    state_id: run.state_id,
    state_type: run.state_type,
    state_name: run.state_name,
    next_scheduled_start_time: run.next_scheduled_start_time,
    state: run.state === null ? null : copyState(run.state),
  };
}

/** A record that shares nothing with the given one. */
export function copyRecord(record: TaskRunRecord): TaskRunRecord {
  return {
    id: record.id,
    flow_run_id: record.flow_run_id,
    name: record.name,
    task_key: record.task_key,
    dynamic_key: record.dynamic_key,
    task_version: record.task_version,
    cache_key: record.cache_key,
    cache_expiration: record.cache_expiration,
    empirical_policy: jsonCopy(record.empirical_policy),
    tags: [...record.tags],
    task_inputs: jsonCopy(record.task_inputs),
    run_count: record.run_count,
    flow_run_run_count: record.flow_run_run_count,
    expected_start_time: record.expected_start_time,
    start_time: record.start_time,
    end_time: record.end_time,
    total_run_time: record.total_run_time,
    labels: jsonCopy(record.labels),
    states: record.states.map(copyState),
  };
}
