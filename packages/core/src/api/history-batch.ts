/** What goes into history at once: the unit of sending and of the spool. */
import type { LogCreate, OrchestrationApi, StateCreate, TaskRunRecord } from "@sluice/protocol";

export interface HistoryBatch {
  readonly task_runs: readonly TaskRunRecord[];
  readonly logs: readonly LogCreate[];
  /** Final states of flow runs that the API could not be asked about in time; written by force. */
  readonly flow_run_states: readonly { readonly id: string; readonly state: StateCreate }[];
}

export function sizeOfBatch(batch: HistoryBatch): number {
  return batch.task_runs.length + batch.logs.length + batch.flow_run_states.length;
}

export function isEmptyBatch(batch: HistoryBatch): boolean {
  return sizeOfBatch(batch) === 0;
}

/** Sends a batch; sending it twice changes nothing, as all in it is known by id. */
export async function sendBatch(api: OrchestrationApi, batch: HistoryBatch): Promise<void> {
  if (batch.task_runs.length > 0) await api.taskRuns.record(batch.task_runs);
  if (batch.logs.length > 0) await api.logs.create(batch.logs);
  for (const { id, state } of batch.flow_run_states) await api.flowRuns.setState(id, { state, force: true });
}
