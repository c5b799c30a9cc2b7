/** Objects of the history with as little as the tests of this package need. */
import { type Flow, type Log, newId, type TaskRunRecord, type WireState } from "@sluice/protocol";

export const NOW = "2026-03-04T05:06:07.123457Z";

export function makeFlow(members: Partial<Flow> = {}): Flow {
  const id = newId();
  return { id, created: NOW, updated: NOW, name: `flow-${id}`, tags: [], labels: null, ...members };
}

export function makeLog(members: Partial<Log> = {}): Log {
  return {
    id: newId(),
    created: NOW,
    updated: NOW,
    name: "test",
    level: 20,
    message: "Hello",
    timestamp: NOW,
    flow_run_id: null,
    task_run_id: null,
    ...members,
  };
}

export function makeRecord(flowRunId: string | null, members: Partial<TaskRunRecord> = {}): TaskRunRecord {
  const id = newId();
  return {
    id,
    flow_run_id: flowRunId,
    name: "clean-1",
    task_key: "clean-1a2b3c",
    dynamic_key: id,
    task_version: null,
    cache_key: null,
    cache_expiration: null,
    empirical_policy: { max_retries: 0, retry_delay_seconds: 0, pause_keys: [] },
    tags: [],
    task_inputs: {},
    run_count: 1,
    flow_run_run_count: 1,
    expected_start_time: NOW,
    start_time: NOW,
    end_time: NOW,
    total_run_time: 0.1,
    states: [makeState("PENDING"), makeState("RUNNING"), makeState("COMPLETED")],
    ...members,
  };
}

export function makeState(type: WireState["type"]): WireState {
  return { id: newId(), type, name: type, timestamp: NOW, message: null, data: null, state_details: {} };
}
