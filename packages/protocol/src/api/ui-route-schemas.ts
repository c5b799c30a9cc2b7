/** What goes in and out of the routes of Prefect's user interface. */
import { z } from "zod";
import {
  countsSchema,
  endedTaskRunsSchema,
  flowIdsSchema,
  flowRunIdsSchema,
  nextFlowRunsSchema,
  schemaCheckSchema,
  schemaVerdictSchema,
  taskRunCountsQuerySchema,
  taskRunStateCountsSchema,
  uiFlowRunQuerySchema,
  uiFlowRunSchema,
  uiTaskRunSchema,
} from "../ui.ts";

export const UI_ROUTE_SCHEMAS = {
  flowRunHistory: {
    summary: "List flow runs as points of a diagram",
    body: uiFlowRunQuerySchema,
    answer: z.array(uiFlowRunSchema),
  },
  countTaskRuns: { summary: "Count task runs by flow run", body: flowRunIdsSchema, answer: countsSchema },
  countDeployments: { summary: "Count deployments by flow", body: flowIdsSchema, answer: countsSchema },
  nextRuns: { summary: "Get the next run of each flow", body: flowIdsSchema, answer: nextFlowRunsSchema },
  dashboardTaskRuns: {
    summary: "Count task runs that ended by time",
    body: taskRunCountsQuerySchema,
    answer: z.array(endedTaskRunsSchema),
  },
  countTaskRunStates: {
    summary: "Count task runs by state",
    body: taskRunCountsQuerySchema,
    answer: taskRunStateCountsSchema,
  },
  taskRun: { summary: "Get a task run with the name of its flow run", answer: uiTaskRunSchema },
  checkSchema: {
    summary: "Check values by a JSON Schema",
    body: schemaCheckSchema,
    answer: schemaVerdictSchema,
  },
} as const;
