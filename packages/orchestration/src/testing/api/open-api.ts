/** How the cases of the API suite get an API, and what they put into it. */
import {
  type FlowRun,
  type FlowRunCreate,
  newId,
  type OrchestrationApi,
  type OrchestrationResult,
  type StateCreate,
  type StateType,
  type TaskRunRecord,
  type WireState,
} from "@sluice/protocol";
import { makeRecord, makeState } from "../store/fixtures.ts";

/** Opens an API on an empty history, which the suite closes after the case. */
export type OpenApi = () => Promise<OrchestrationApi>;

/** A new flow run of a flow of its own, in the state given. */
export async function createRun(
  api: OrchestrationApi,
  state: StateCreate = { type: "PENDING" },
  members: Partial<FlowRunCreate> = {},
): Promise<FlowRun> {
  const flow = await api.flows.create({ name: `flow-${newId()}` });
  return api.flowRuns.create({ flow_id: flow.id, state, ...members });
}

/** Proposes a state without force. */
export function propose(
  api: OrchestrationApi,
  runId: string,
  state: StateCreate,
): Promise<OrchestrationResult> {
  return api.flowRuns.setState(runId, { state });
}

/** A state as an engine makes it. */
export function engineState(type: StateType, timestamp: string, members: Partial<WireState> = {}): WireState {
  return makeState(type, 0, { timestamp, ...members });
}

/** A record as an engine makes it. */
export function engineRecord(
  flowRunId: string | null,
  states: WireState[],
  members: Partial<TaskRunRecord> = {},
): TaskRunRecord {
  return makeRecord(flowRunId === null ? null : { id: flowRunId }, states, { run_count: 1, ...members });
}

/** An instant relative to now, as clients write it. */
export function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** An instant in microseconds since the epoch, for comparing spellings of six decimals or fewer. */
export function microseconds(timestamp: string | null | undefined): number {
  const text = timestamp ?? "";
  return Date.parse(text) * 1000 + Number((/\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? "0").padEnd(3, "0"));
}
