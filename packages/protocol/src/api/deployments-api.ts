/** Deployments: operations, and where they are over HTTP. */

import type { Deployment, DeploymentSchedule } from "../deployment.ts";
import type {
  BulkFlowRunResult,
  DeploymentCreate,
  DeploymentFlowRunCreate,
  DeploymentScheduleCreate,
  DeploymentScheduleUpdate,
  DeploymentUpdate,
  ScheduledRunsRequest,
  ScheduleRequest,
} from "../deployment-actions.ts";
import type { DeploymentPage, DeploymentPageQuery, DeploymentsDelete } from "../deployment-queries.ts";
import type { FlowRun } from "../flow-run.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { DeploymentQuery } from "../queries.ts";
import type { WorkQueue } from "../work-pool.ts";

export interface DeploymentsApi {
  /**
   * A new deployment, or the one of this flow and name with the members given: its schedules are replaced and its runs
   * that were scheduled for later are made anew.
   */
  create(deployment: DeploymentCreate, options?: ApiCallOptions): Promise<Deployment>;
  get(id: string, options?: ApiCallOptions): Promise<Deployment>;
  getByName(flowName: string, name: string, options?: ApiCallOptions): Promise<Deployment>;
  /** Runs that were scheduled for later are made anew. Schedules that have slugs are changed one by one, others replaced. */
  update(id: string, changes: DeploymentUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the deployment with its schedules and the runs that have not begun. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: DeploymentQuery, options?: ApiCallOptions): Promise<Deployment[]>;
  count(query: DeploymentQuery, options?: ApiCallOptions): Promise<number>;
  paginate(query: DeploymentPageQuery, options?: ApiCallOptions): Promise<DeploymentPage>;
  /** Deletes those that match, 50 at most; gives their ids. */
  bulkDelete(request: DeploymentsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }>;
  /** Its schedules make no runs until it is resumed; those they made that have not begun are deleted. */
  pause(id: string, options?: ApiCallOptions): Promise<void>;
  resume(id: string, options?: ApiCallOptions): Promise<void>;
  /** The work queues that its runs go to. */
  workQueues(id: string, options?: ApiCallOptions): Promise<WorkQueue[]>;
  schedules(id: string, options?: ApiCallOptions): Promise<DeploymentSchedule[]>;
  createSchedules(
    id: string,
    schedules: readonly DeploymentScheduleCreate[],
    options?: ApiCallOptions,
  ): Promise<DeploymentSchedule[]>;
  updateSchedule(
    id: string,
    scheduleId: string,
    changes: DeploymentScheduleUpdate,
    options?: ApiCallOptions,
  ): Promise<void>;
  deleteSchedule(id: string, scheduleId: string, options?: ApiCallOptions): Promise<void>;
  /** Makes runs of its schedules for a time of one's choice, past or future. */
  schedule(id: string, request: ScheduleRequest, options?: ApiCallOptions): Promise<void>;
  /** A run of the deployment, SCHEDULED now unless another state is given. A known `idempotency_key` gives the run that has it. */
  createFlowRun(id: string, run: DeploymentFlowRunCreate, options?: ApiCallOptions): Promise<FlowRun>;
  /** Up to 100 runs; each is created or fails by itself. */
  createFlowRuns(
    id: string,
    runs: readonly DeploymentFlowRunCreate[],
    options?: ApiCallOptions,
  ): Promise<BulkFlowRunResult>;
  /** Runs that are due, oldest first. Who asks is there to run them, so the deployments become READY. */
  getScheduledFlowRuns(request: ScheduledRunsRequest, options?: ApiCallOptions): Promise<FlowRun[]>;
}

export const DEPLOYMENT_ROUTES = {
  create: "POST /deployments/",
  get: "GET /deployments/{id}",
  getByName: "GET /deployments/name/{flow_name}/{deployment_name}",
  update: "PATCH /deployments/{id}",
  delete: "DELETE /deployments/{id}",
  filter: "POST /deployments/filter",
  count: "POST /deployments/count",
  paginate: "POST /deployments/paginate",
  bulkDelete: "POST /deployments/bulk_delete",
  pause: "POST /deployments/{id}/pause_deployment",
  resume: "POST /deployments/{id}/resume_deployment",
  workQueues: "GET /deployments/{id}/work_queue_check",
  schedules: "GET /deployments/{id}/schedules",
  createSchedules: "POST /deployments/{id}/schedules",
  updateSchedule: "PATCH /deployments/{id}/schedules/{schedule_id}",
  deleteSchedule: "DELETE /deployments/{id}/schedules/{schedule_id}",
  schedule: "POST /deployments/{id}/schedule",
  createFlowRun: "POST /deployments/{id}/create_flow_run",
  createFlowRuns: "POST /deployments/{id}/create_flow_run/bulk",
  getScheduledFlowRuns: "POST /deployments/get_scheduled_flow_runs",
} as const;
