/** What Prefect's user interface asks for: operations, and where they are over HTTP. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type {
  EndedTaskRuns,
  FlowIds,
  FlowRunIds,
  NextFlowRun,
  SchemaCheck,
  SchemaVerdict,
  TaskRunCountsQuery,
  TaskRunStateCounts,
  UiFlowRun,
  UiFlowRunQuery,
  UiTaskRun,
} from "../ui.ts";

type Counts = Record<string, number>;

export interface UiApi {
  /** Flow runs that started, as points of a diagram. */
  flowRunHistory(query: UiFlowRunQuery, options?: ApiCallOptions): Promise<UiFlowRun[]>;
  /** Flow run → how many task runs it has. */
  countTaskRuns(request: FlowRunIds, options?: ApiCallOptions): Promise<Counts>;
  /** Flow → how many deployments it has. */
  countDeployments(request: FlowIds, options?: ApiCallOptions): Promise<Counts>;
  /** Flow → its run that is scheduled next. */
  nextRuns(request: FlowIds, options?: ApiCallOptions): Promise<Record<string, NextFlowRun | null>>;
  /** Task runs that ended, by start in 20 spans of the time since `task_runs.start_time.after_`, which must be there. */
  dashboardTaskRuns(query: TaskRunCountsQuery, options?: ApiCallOptions): Promise<EndedTaskRuns[]>;
  /** State → how many task runs are in it. */
  countTaskRunStates(query: TaskRunCountsQuery, options?: ApiCallOptions): Promise<TaskRunStateCounts>;
  /** A task run with the name of its flow run. */
  taskRun(id: string, options?: ApiCallOptions): Promise<UiTaskRun>;
  /** Whether values conform to a JSON Schema, and why not. */
  checkSchema(check: SchemaCheck, options?: ApiCallOptions): Promise<SchemaVerdict>;
}

export const UI_ROUTES = {
  flowRunHistory: "POST /ui/flow_runs/history",
  countTaskRuns: "POST /ui/flow_runs/count-task-runs",
  countDeployments: "POST /ui/flows/count-deployments",
  nextRuns: "POST /ui/flows/next-runs",
  dashboardTaskRuns: "POST /ui/task_runs/dashboard/counts",
  countTaskRunStates: "POST /ui/task_runs/count",
  taskRun: "GET /ui/task_runs/{id}",
  checkSchema: "POST /ui/schemas/validate",
} as const;
