/** Task runs: operations, and where they are over HTTP. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { OrchestrationResult } from "../orchestration-result.ts";
import type { TaskRunQuery } from "../queries.ts";
import type { RunHistoryQuery, RunHistorySpan } from "../run-history.ts";
import type { TaskRunPage, TaskRunPageQuery } from "../run-pages.ts";
import type { StateCreate, WireState } from "../state.ts";
import type { TaskRun, TaskRunCreate, TaskRunRecord, TaskRunUpdate } from "../task-run.ts";

export interface TaskRunsApi {
  /** A task run that stands for a sub-flow run (its states are mirrored from it), or that a client without an engine reports. */
  create(run: TaskRunCreate, options?: ApiCallOptions): Promise<TaskRun>;
  /** Takes what engines decided, many runs at once. Idempotent; late and repeated records are merged. */
  record(records: readonly TaskRunRecord[], options?: ApiCallOptions): Promise<void>;
  get(id: string, options?: ApiCallOptions): Promise<TaskRun>;
  update(id: string, changes: TaskRunUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the run with its states. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  /** Proposes a state, for clients that let the server decide; the task policy does. `force` writes it in any case. */
  setState(
    id: string,
    proposal: { readonly state: StateCreate; readonly force?: boolean },
    options?: ApiCallOptions,
  ): Promise<OrchestrationResult>;
  /** Every state the run had, oldest first. */
  states(id: string, options?: ApiCallOptions): Promise<WireState[]>;
  /** A state that a run had, by the state's own id. */
  getState(id: string, options?: ApiCallOptions): Promise<WireState>;
  filter(query: TaskRunQuery, options?: ApiCallOptions): Promise<TaskRun[]>;
  count(query: TaskRunQuery, options?: ApiCallOptions): Promise<number>;
  paginate(query: TaskRunPageQuery, options?: ApiCallOptions): Promise<TaskRunPage>;
  /** As that of flow runs. */
  history(query: RunHistoryQuery, options?: ApiCallOptions): Promise<RunHistorySpan[]>;
}

export const TASK_RUN_ROUTES = {
  create: "POST /task_runs/",
  record: "POST /events",
  get: "GET /task_runs/{id}",
  update: "PATCH /task_runs/{id}",
  delete: "DELETE /task_runs/{id}",
  setState: "POST /task_runs/{id}/set_state",
  states: "GET /task_run_states/?task_run_id={id}",
  getState: "GET /task_run_states/{id}",
  filter: "POST /task_runs/filter",
  count: "POST /task_runs/count",
  paginate: "POST /task_runs/paginate",
  history: "POST /task_runs/history",
} as const;
