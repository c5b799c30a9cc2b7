/** What goes into history at once: the unit of sending and of the spool. */
import {
  isSluiceError,
  type LogCreate,
  type OrchestrationApi,
  type StateCreate,
  type TaskRunRecord,
} from "@sluice/protocol";

export interface HistoryBatch {
  readonly task_runs: readonly TaskRunRecord[];
  readonly logs: readonly LogCreate[];
  /** Final states of flow runs that the API could not be asked about in time; written by force. */
  readonly flow_run_states: readonly { readonly id: string; readonly state: StateCreate }[];
}

export function sizeOfBatch(batch: HistoryBatch): number {
  return batch.task_runs.length + batch.logs.length + batch.flow_run_states.length;
}

/** Whether a value read from a file has the form of a batch. */
export function isHistoryBatch(value: unknown): value is HistoryBatch {
  if (typeof value !== "object" || value === null) return false;
  return (["task_runs", "logs", "flow_run_states"] as const).every(
    (member) => member in value && Array.isArray(Reflect.get(value, member)),
  );
}

/** Told of a record that the history refuses and that is dropped, so that it does not keep the others from it. */
export type OnRefused = (what: string, error: unknown) => void;

/**
 * Sends a batch; sending it twice changes nothing, as all in it is known by id.
 *
 * @throws when the history cannot be reached or written; what was sent already is no harm.
 */
export async function sendBatch(
  api: OrchestrationApi,
  batch: HistoryBatch,
  onRefused: OnRefused,
): Promise<void> {
  await sendList(batch.task_runs, (runs) => api.taskRuns.record(runs), {
    nameOf: (run) => `the task run ${run.name} (${run.id})`,
    onRefused,
  });
  await sendList(batch.logs, (logs) => api.logs.create(logs), {
    nameOf: (line) => `the log line ${line.id}`,
    onRefused,
  });
  for (const { id, state } of batch.flow_run_states) {
    await sendList([state], () => setFinalState(api, id, state), {
      nameOf: () => `the state ${state.name} of flow run ${id}`,
      onRefused,
    });
  }
}

interface ListSending<T> {
  readonly nameOf: (item: T) => string;
  readonly onRefused: OnRefused;
}

/** All at once; when the history refuses that, one by one, so that only those at fault are dropped. */
async function sendList<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<void>,
  { nameOf, onRefused }: ListSending<T>,
): Promise<void> {
  if (items.length === 0) return;
  try {
    await send(items);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) onRefused(nameOf(only), error);
    else for (const item of items) await sendList([item], send, { nameOf, onRefused });
  }
}

/** The history answers, but does not take this: it will not take it later either. */
function isRefusal(error: unknown): boolean {
  return isSluiceError(error) && error.httpStatus < 500;
}

/** Writes the state unless the run is in it: an earlier try may have come through although its answer did not. */
async function setFinalState(api: OrchestrationApi, id: string, state: StateCreate): Promise<void> {
  const transitionId = state.state_details?.transition_id ?? null;
  const { state: current } = await api.flowRuns.get(id);
  if (transitionId !== null && current?.state_details.transition_id === transitionId) return;
  await api.flowRuns.setState(id, { state, force: true });
}
