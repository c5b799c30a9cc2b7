/** Objects for the store suite. Their timestamps have six significant decimals, so that every spelling of them is the same. */
import {
  type Event,
  type Flow,
  type Log,
  newId,
  type StateType,
  type TaskRunRecord,
  type WireState,
} from "@sluice/protocol";
import type { Store } from "../../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../../stored-nouns.ts";
import { fromMicroseconds, toMicroseconds } from "../../timestamp.ts";

const START_MICROSECONDS = toMicroseconds("2026-03-04T05:06:07.123457Z");

/** The instant that many seconds after the start of the suite's time. */
export function at(seconds: number): string {
  return fromMicroseconds(START_MICROSECONDS + Math.round(seconds * 1_000_000));
}

export function makeFlow(members: Partial<Flow> = {}): Flow {
  const id = newId();
  return { id, created: at(0), updated: at(0), name: `flow-${id}`, tags: [], labels: {}, ...members };
}

/** A new flow that is in the store. */
export async function insertFlow(store: Store): Promise<Flow> {
  return (await store.flows.insert(makeFlow())).flow;
}

export function makeState(type: StateType, seconds = 0, members: Partial<WireState> = {}): WireState {
  const name = type.charAt(0) + type.slice(1).toLowerCase();
  return {
    id: newId(),
    type,
    name,
    timestamp: at(seconds),
    message: null,
    data: null,
    state_details: {},
    ...members,
  };
}

/** A flow run whose members about its state follow from `state`. */
export function makeFlowRun(flow: Pick<Flow, "id">, members: Partial<StoredFlowRun> = {}): StoredFlowRun {
  const state = members.state === undefined ? makeState("PENDING") : members.state;
  return {
    id: newId(),
    created: at(0),
    updated: at(0),
    name: "brave-otter",
    flow_id: flow.id,
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
    ...inState(state),
    ...members,
  };
}

export function makeTaskRun(
  flowRun: StoredFlowRun | null,
  members: Partial<StoredTaskRun> = {},
): StoredTaskRun {
  const { states: _states, ...facts } = makeRecord(flowRun, []);
  const state = members.state === undefined ? makeState("PENDING") : members.state;
  return {
    ...facts,
    created: at(0),
    updated: at(0),
    labels: {},
    next_scheduled_start_time: null,
    ...inState(state),
    ...members,
  };
}

export function makeRecord(
  flowRun: Pick<StoredFlowRun, "id"> | null,
  states: WireState[],
  members: Partial<TaskRunRecord> = {},
): TaskRunRecord {
  const id = newId();
  return {
    id,
    flow_run_id: flowRun?.id ?? null,
    name: "clean-1",
    task_key: "clean-1a2b3c",
    dynamic_key: id,
    task_version: null,
    cache_key: null,
    cache_expiration: null,
    empirical_policy: { max_retries: 0, retry_delay_seconds: 0, pause_keys: [] },
    tags: [],
    task_inputs: {},
    run_count: 0,
    flow_run_run_count: 1,
    expected_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
    states,
    ...members,
  };
}

export function makeLog(members: Partial<Log> = {}): Log {
  return {
    id: newId(),
    created: at(0),
    updated: at(0),
    name: "sluice.flow_runs",
    level: 20,
    message: "Hello",
    timestamp: at(0),
    flow_run_id: null,
    task_run_id: null,
    ...members,
  };
}

export function makeEvent(seconds: number, members: Partial<Event> = {}, resourceId = "thing"): Event {
  return {
    id: newId(),
    occurred: at(seconds),
    event: "happened",
    resource: labelled(resourceId),
    related: [],
    payload: {},
    follows: null,
    received: at(seconds + 1),
    ...members,
  };
}

/** A resource. */
export function labelled(id: string, labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { "prefect.resource.id": id, ...labels };
}

/** The members of a run that follow from its state. */
export function inState(
  state: WireState | null,
): Pick<StoredFlowRun, "state" | "state_id" | "state_type" | "state_name"> {
  return {
    state,
    state_id: state?.id ?? null,
    state_type: state?.type ?? null,
    state_name: state?.name ?? null,
  };
}
