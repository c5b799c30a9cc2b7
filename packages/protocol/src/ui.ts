/** What Prefect's user interface asks for beside the lists: figures of many objects at once. */
import { z } from "zod";
import { flowRunQuerySchema, taskRunQuerySchema } from "./queries.ts";
import { STATE_TYPES } from "./state-type.ts";
import { taskRunSchema } from "./task-run.ts";
import { timestampSchema } from "./timestamp.ts";

const MAX_RUNS = 1000;
const MAX_IDS = 200;

export const uiFlowRunQuerySchema = flowRunQuerySchema.extend({
  /** Default: 1000. */
  limit: z.int().min(0).max(MAX_RUNS).nullish(),
});

/** Default sort: `EXPECTED_START_TIME_DESC`. */
export type UiFlowRunQuery = z.infer<typeof uiFlowRunQuerySchema>;

export const uiFlowRunSchema = z.object({
  id: z.uuid(),
  state_type: z.enum(STATE_TYPES),
  /** When it started. */
  timestamp: timestampSchema,
  /** Seconds that it ran. */
  duration: z.number(),
  /** Seconds that it started late. */
  lateness: z.number(),
});

export type UiFlowRun = z.infer<typeof uiFlowRunSchema>;

const ids = z.array(z.uuid()).max(MAX_IDS);

export const flowRunIdsSchema = z.object({ flow_run_ids: ids });
export const flowIdsSchema = z.object({ flow_ids: ids });

export type FlowRunIds = z.infer<typeof flowRunIdsSchema>;
export type FlowIds = z.infer<typeof flowIdsSchema>;

/** Id → how many. */
export const countsSchema = z.record(z.string(), z.int());

export const nextFlowRunSchema = z.object({
  id: z.uuid(),
  flow_id: z.uuid(),
  name: z.string(),
  state_name: z.string(),
  state_type: z.enum(STATE_TYPES),
  next_scheduled_start_time: timestampSchema,
});

export type NextFlowRun = z.infer<typeof nextFlowRunSchema>;

export const nextFlowRunsSchema = z.record(z.string(), nextFlowRunSchema.nullable());

export const taskRunCountsQuerySchema = taskRunQuerySchema.omit({ sort: true, limit: true, offset: true });

export type TaskRunCountsQuery = z.infer<typeof taskRunCountsQuerySchema>;

/** Task runs that ended, in one span of time. */
export const endedTaskRunsSchema = z.object({ completed: z.int(), failed: z.int() });

export type EndedTaskRuns = z.infer<typeof endedTaskRunsSchema>;

export const taskRunStateCountsSchema = z.record(z.enum(STATE_TYPES), z.int());

export type TaskRunStateCounts = z.infer<typeof taskRunStateCountsSchema>;

export const uiTaskRunSchema = taskRunSchema.extend({ flow_run_name: z.string().nullable() });

export type UiTaskRun = z.infer<typeof uiTaskRunSchema>;

export const schemaCheckSchema = z.object({
  schema: z.record(z.string(), z.unknown()),
  values: z.record(z.string(), z.unknown()),
});

export type SchemaCheck = z.infer<typeof schemaCheckSchema>;

export const schemaVerdictSchema = z.object({ valid: z.boolean(), errors: z.array(z.string()) });

export type SchemaVerdict = z.infer<typeof schemaVerdictSchema>;
