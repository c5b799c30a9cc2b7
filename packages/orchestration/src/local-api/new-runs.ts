/** Makes the runs that clients create. */
import { type Flow, type FlowRunCreate, InvalidRequestError, type TaskRunCreate } from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import { runName } from "../run-name.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import { MAX_CACHE_KEY_LENGTH } from "../task-cache.ts";
import { enterFlowRunState, enterTaskRunState, type TransitionContext } from "../transition.ts";
import { birthState, toPolicy } from "./proposals.ts";

/** What a run is before it enters its first state. */
const BEFORE_FIRST_STATE = {
  state: null,
  state_id: null,
  state_type: null,
  state_name: null,
  run_count: 0,
  expected_start_time: null,
  next_scheduled_start_time: null,
  start_time: null,
  end_time: null,
  total_run_time: 0,
} as const;

/** A new flow run in its first state, in no queue yet. */
export function newFlowRun(create: FlowRunCreate, flow: Flow, moment: TransitionContext): StoredFlowRun {
  const id = create.id ?? moment.newId();
  const run: StoredFlowRun = {
    id,
    created: moment.now,
    updated: moment.now,
    name: create.name ?? runName(id),
    flow_id: flow.id,
    deployment_id: create.deployment_id ?? null,
    deployment_version: null,
    work_queue_id: null,
    work_queue_name: null,
    flow_version: create.flow_version ?? null,
    parameters: jsonCopy(create.parameters ?? {}),
    idempotency_key: create.idempotency_key ?? null,
    context: jsonCopy(create.context ?? {}),
    empirical_policy: toPolicy(create.empirical_policy),
    tags: create.tags ?? [],
    labels: { ...flow.labels, "prefect.flow.id": flow.id, ...create.labels },
    parent_task_run_id: create.parent_task_run_id ?? null,
    auto_scheduled: false,
    infrastructure_document_id: create.infrastructure_document_id ?? null,
    infrastructure_pid: null,
    created_by: null,
    work_pool_id: null,
    work_pool_name: null,
    job_variables: jsonCopy(create.job_variables ?? null),
    ...BEFORE_FIRST_STATE,
  };
  return Object.assign(run, enterFlowRunState(run, birthState(create.state), moment).changes);
}

/**
 * A new task run in its first state.
 * @throws {InvalidRequestError} when its cache key is longer than 2,000 characters.
 */
export function newTaskRun(create: TaskRunCreate, moment: TransitionContext): StoredTaskRun {
  const keyLength = create.cache_key?.length ?? 0;
  if (keyLength > MAX_CACHE_KEY_LENGTH) {
    throw new InvalidRequestError(
      `The cache key of a run of task ${create.task_key} has ${keyLength} characters. Use at most ${MAX_CACHE_KEY_LENGTH}, such as a hash.`,
    );
  }
  const id = create.id ?? moment.newId();
  const run: StoredTaskRun = {
    id,
    created: moment.now,
    updated: moment.now,
    name: create.name ?? runName(id),
    flow_run_id: create.flow_run_id ?? null,
    task_key: create.task_key,
    dynamic_key: create.dynamic_key,
    cache_key: create.cache_key ?? null,
    cache_expiration: create.cache_expiration ?? null,
    task_version: create.task_version ?? null,
    empirical_policy: toPolicy(create.empirical_policy),
    tags: create.tags ?? [],
    labels: create.labels ?? {},
    task_inputs: create.task_inputs ?? {},
    flow_run_run_count: 0,
    ...BEFORE_FIRST_STATE,
  };
  return Object.assign(run, enterTaskRunState(run, birthState(create.state), moment).changes);
}
