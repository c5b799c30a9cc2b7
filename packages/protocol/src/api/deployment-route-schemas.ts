/** What goes in and out of the routes of deployments. */

import { z } from "zod";
import { deploymentScheduleSchema, deploymentSchema } from "../deployment.ts";
import {
  bulkFlowRunResultSchema,
  deploymentCreateSchema,
  deploymentFlowRunCreateSchema,
  deploymentFlowRunsCreateSchema,
  deploymentScheduleCreateSchema,
  deploymentScheduleUpdateSchema,
  deploymentUpdateSchema,
  scheduledRunsRequestSchema,
  scheduleRequestSchema,
} from "../deployment-actions.ts";
import {
  deploymentPageQuerySchema,
  deploymentPageSchema,
  deploymentsDeleteSchema,
} from "../deployment-queries.ts";
import { flowRunSchema } from "../flow-run.ts";
import { deploymentQuerySchema } from "../queries.ts";
import { workQueueSchema } from "../work-pool.ts";

const deployments = z.array(deploymentSchema);
const schedules = z.array(deploymentScheduleSchema);

export const DEPLOYMENT_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a deployment, or change the one of this flow and name",
    body: deploymentCreateSchema,
    answer: deploymentSchema,
    status: "created",
  },
  get: { summary: "Get a deployment", answer: deploymentSchema },
  getByName: { summary: "Get a deployment by the names of its flow and its own", answer: deploymentSchema },
  update: { summary: "Change members of a deployment", body: deploymentUpdateSchema },
  delete: { summary: "Delete a deployment with its schedules and the runs that have not begun" },
  filter: { summary: "List deployments", body: deploymentQuerySchema, answer: deployments },
  count: { summary: "Count deployments", body: deploymentQuerySchema, answer: z.int() },
  paginate: {
    summary: "List deployments by pages",
    body: deploymentPageQuerySchema,
    answer: deploymentPageSchema,
  },
  bulkDelete: {
    summary: "Delete deployments that match",
    body: deploymentsDeleteSchema,
    answer: z.object({ deleted: z.array(z.uuid()) }),
  },
  pause: { summary: "Let no schedule of a deployment make runs", status: 200 },
  resume: { summary: "Let the schedules of a deployment make runs again", status: 200 },
  workQueues: { summary: "List the work queues of a deployment", answer: z.array(workQueueSchema) },
  schedules: { summary: "List the schedules of a deployment", answer: schedules },
  createSchedules: {
    summary: "Add schedules to a deployment",
    body: z.array(deploymentScheduleCreateSchema),
    answer: schedules,
    status: 201,
  },
  updateSchedule: { summary: "Change a schedule", body: deploymentScheduleUpdateSchema },
  deleteSchedule: { summary: "Delete a schedule with the runs it made that have not begun" },
  schedule: {
    summary: "Make runs of a deployment's schedules for a time",
    body: scheduleRequestSchema,
    status: 200,
  },
  createFlowRun: {
    summary: "Create a run of a deployment, or get the one that has the idempotency key",
    body: deploymentFlowRunCreateSchema,
    answer: flowRunSchema,
    status: "created",
  },
  createFlowRuns: {
    summary: "Create many runs of a deployment",
    body: deploymentFlowRunsCreateSchema,
    answer: bulkFlowRunResultSchema,
  },
  getScheduledFlowRuns: {
    summary: "List the runs of deployments that are due",
    body: scheduledRunsRequestSchema,
    answer: z.array(flowRunSchema),
  },
} as const;
