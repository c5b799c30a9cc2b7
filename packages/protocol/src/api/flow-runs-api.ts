/** Flow runs: operations, and where they are over HTTP. */
import type { FlowRunExplanation } from "../explanation.ts";
import type { FlowRun, FlowRunCreate, FlowRunHeartbeat, FlowRunUpdate } from "../flow-run.ts";
import type {
  FlowRunsDelete,
  FlowRunsSetState,
  FlowRunsStateResult,
  Resumption,
} from "../flow-run-actions.ts";
import type { FlowRunInput, FlowRunInputCreate, FlowRunInputQuery } from "../flow-run-input.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { OrchestrationResult } from "../orchestration-result.ts";
import type { FlowRunQuery } from "../queries.ts";
import type { RunDependency, RunGraph } from "../run-graph.ts";
import type { RunHistoryQuery, RunHistorySpan } from "../run-history.ts";
import type { FlowRunPage, FlowRunPageQuery } from "../run-pages.ts";
import type { StateCreate, WireState } from "../state.ts";

/** Label → value. */
export type Labels = FlowRun["labels"];

export interface FlowRunsApi {
  /** A new run, born in `state` (default PENDING) without asking the rules. A known `idempotency_key` gives the run that has it. */
  create(run: FlowRunCreate, options?: ApiCallOptions): Promise<FlowRun>;
  get(id: string, options?: ApiCallOptions): Promise<FlowRun>;
  update(id: string, changes: FlowRunUpdate, options?: ApiCallOptions): Promise<void>;
  /** Adds labels, and changes those that are there. */
  updateLabels(id: string, labels: Labels, options?: ApiCallOptions): Promise<void>;
  /** Deletes the run with its states, task runs and logs. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  /** Proposes a state; the ordered flow policy decides. `force` uses the minimal policy. */
  setState(
    id: string,
    proposal: { readonly state: StateCreate; readonly force?: boolean },
    options?: ApiCallOptions,
  ): Promise<OrchestrationResult>;
  /** Lets a paused run go on: a suspended one is scheduled, the others run. What it asked for is checked and kept. */
  resume(id: string, resumption: Resumption, options?: ApiCallOptions): Promise<OrchestrationResult>;
  /** Every state the run had, oldest first. */
  states(id: string, options?: ApiCallOptions): Promise<WireState[]>;
  /** A state that a run had, by the state's own id. */
  getState(id: string, options?: ApiCallOptions): Promise<WireState>;
  /** Renews the leases of runs that a live process is executing. */
  heartbeat(beat: FlowRunHeartbeat, options?: ApiCallOptions): Promise<void>;
  filter(query: FlowRunQuery, options?: ApiCallOptions): Promise<FlowRun[]>;
  count(query: FlowRunQuery, options?: ApiCallOptions): Promise<number>;
  paginate(query: FlowRunPageQuery, options?: ApiCallOptions): Promise<FlowRunPage>;
  /** Average lateness in seconds of the runs that match; null when none does. */
  lateness(query: FlowRunQuery, options?: ApiCallOptions): Promise<number | null>;
  /** Runs by spans of time and states: by when they were expected to start. Spans without runs are there too, 500 at most. */
  history(query: RunHistoryQuery, options?: ApiCallOptions): Promise<RunHistorySpan[]>;
  /** The task runs and sub-flow runs of a run, with what each waited for. */
  graph(id: string, options?: ApiCallOptions): Promise<RunGraph>;
  /** Why a run is not running. Sluice's own: Prefect's servers have no such call. */
  explain(id: string, options?: ApiCallOptions): Promise<FlowRunExplanation>;
  /** As `graph`, as a plain list. */
  dependencies(id: string, options?: ApiCallOptions): Promise<RunDependency[]>;
  /** Deletes those that match, 50 at most; gives their ids. */
  bulkDelete(request: FlowRunsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }>;
  /** Proposes a state for each that matches, 50 at most; one that fails is an ABORT and stops no other. */
  bulkSetState(
    request: FlowRunsSetState,
    options?: ApiCallOptions,
  ): Promise<{ results: FlowRunsStateResult[] }>;
  /** Sends text to a run, under a key that it has nothing under yet. */
  createInput(id: string, input: FlowRunInputCreate, options?: ApiCallOptions): Promise<void>;
  /** What was sent to a run under keys with a prefix, oldest first. */
  filterInput(id: string, query: FlowRunInputQuery, options?: ApiCallOptions): Promise<FlowRunInput[]>;
  /** What was sent to a run under a key: the text itself. */
  getInput(id: string, key: string, options?: ApiCallOptions): Promise<string>;
  deleteInput(id: string, key: string, options?: ApiCallOptions): Promise<void>;
}

export const FLOW_RUN_ROUTES = {
  create: "POST /flow_runs/",
  get: "GET /flow_runs/{id}",
  update: "PATCH /flow_runs/{id}",
  updateLabels: "PATCH /flow_runs/{id}/labels",
  delete: "DELETE /flow_runs/{id}",
  setState: "POST /flow_runs/{id}/set_state",
  resume: "POST /flow_runs/{id}/resume",
  states: "GET /flow_run_states/?flow_run_id={id}",
  getState: "GET /flow_run_states/{id}",
  heartbeat: "POST /events",
  filter: "POST /flow_runs/filter",
  count: "POST /flow_runs/count",
  paginate: "POST /flow_runs/paginate",
  lateness: "POST /flow_runs/lateness",
  history: "POST /flow_runs/history",
  graph: "GET /flow_runs/{id}/graph-v2",
  dependencies: "GET /flow_runs/{id}/graph",
  explain: "GET /sluice/flow_runs/{id}/explanation",
  bulkDelete: "POST /flow_runs/bulk_delete",
  bulkSetState: "POST /flow_runs/bulk_set_state",
  createInput: "POST /flow_runs/{id}/input",
  filterInput: "POST /flow_runs/{id}/input/filter",
  getInput: "GET /flow_runs/{id}/input/{key}",
  deleteInput: "DELETE /flow_runs/{id}/input/{key}",
} as const;
