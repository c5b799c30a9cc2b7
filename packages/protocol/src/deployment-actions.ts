/** What clients may write of deployments and their schedules, and the runs they may ask of them. */
import { z } from "zod";
import { concurrencyOptionsSchema } from "./deployment.ts";
import { labelsSchema, objectNameSchema } from "./flow.ts";
import { empiricalPolicySchema } from "./flow-run.ts";
import { scheduleCreateSchema } from "./schedule.ts";
import { stateCreateSchema } from "./state.ts";
import { receivedTimestampSchema } from "./timestamp.ts";

const MAX_SCHEDULED_RUNS = 100;

const values = z.record(z.string(), z.unknown());
const steps = z.array(values);
const maxScheduledRuns = z.int().positive().max(MAX_SCHEDULED_RUNS).nullish();

export const deploymentScheduleCreateSchema = z.strictObject({
  schedule: scheduleCreateSchema,
  active: z.boolean().nullish(),
  max_scheduled_runs: maxScheduledRuns,
  parameters: values.nullish(),
  slug: z.string().min(1).nullish(),
  /** Said at deploy time of a schedule that gets another slug; means nothing to a new one. */
  replaces: z.string().nullish(),
});

export type DeploymentScheduleCreate = z.infer<typeof deploymentScheduleCreateSchema>;

export const deploymentScheduleUpdateSchema = z.strictObject({
  schedule: scheduleCreateSchema.nullish(),
  active: z.boolean().nullish(),
  max_scheduled_runs: maxScheduledRuns,
  parameters: values.optional(),
  slug: z.string().min(1).nullish(),
  /** The slug of the schedule that this one changes and renames. */
  replaces: z.string().nullish(),
});

/** Only members that are present and not null are written. */
export type DeploymentScheduleUpdate = z.infer<typeof deploymentScheduleUpdateSchema>;

const settings = {
  concurrency_limit: z.int().positive().nullish(),
  concurrency_options: concurrencyOptionsSchema.nullish(),
  global_concurrency_limit_id: z.uuid().nullish(),
  parameter_openapi_schema: values.nullish(),
  pull_steps: steps.nullish(),
  work_queue_name: z.string().nullish(),
  work_pool_name: z.string().nullish(),
  storage_document_id: z.uuid().nullish(),
  infrastructure_document_id: z.uuid().nullish(),
  description: z.string().nullish(),
  path: z.string().nullish(),
  version: z.string().nullish(),
  entrypoint: z.string().nullish(),
  version_info: z.looseObject({ type: z.string(), version: z.string() }).nullish(),
};

export const deploymentCreateSchema = z.strictObject({
  ...settings,
  name: objectNameSchema,
  flow_id: z.uuid(),
  paused: z.boolean().optional(),
  schedules: z.array(deploymentScheduleCreateSchema).optional(),
  enforce_parameter_schema: z.boolean().optional(),
  parameters: values.optional(),
  tags: z.array(z.string()).optional(),
  labels: labelsSchema.nullish(),
  job_variables: values.optional(),
});

/** Of a deployment that exists, only members that are present are written. */
export type DeploymentCreate = z.infer<typeof deploymentCreateSchema>;

export const deploymentUpdateSchema = z.strictObject({
  ...settings,
  paused: z.boolean().optional(),
  schedules: z.array(deploymentScheduleUpdateSchema).nullish(),
  enforce_parameter_schema: z.boolean().nullish(),
  parameters: values.nullish(),
  tags: z.array(z.string()).optional(),
  job_variables: values.nullish(),
});

/** Only members present are written. */
export type DeploymentUpdate = z.infer<typeof deploymentUpdateSchema>;

export const deploymentFlowRunCreateSchema = z.strictObject({
  /** Default: SCHEDULED now. */
  state: stateCreateSchema.nullish(),
  name: z.string().nullish(),
  /** Over those of the deployment. */
  parameters: values.nullish(),
  /** Default: what the deployment says. */
  enforce_parameter_schema: z.boolean().nullish(),
  context: values.nullish(),
  infrastructure_document_id: z.uuid().nullish(),
  empirical_policy: empiricalPolicySchema.nullish(),
  /** Added to those of the deployment. */
  tags: z.array(z.string()).nullish(),
  idempotency_key: z.string().nullish(),
  labels: labelsSchema.nullish(),
  parent_task_run_id: z.uuid().nullish(),
  /** A queue of the deployment's pool; default: the deployment's. */
  work_queue_name: z.string().nullish(),
  job_variables: values.nullish(),
});

export type DeploymentFlowRunCreate = z.input<typeof deploymentFlowRunCreateSchema>;

export const deploymentFlowRunsCreateSchema = z.array(deploymentFlowRunCreateSchema);

/** What became of each of many runs that were asked for. */
export const bulkFlowRunResultSchema = z.object({
  results: z.array(
    z.object({
      flow_run_id: z.uuid().nullable(),
      status: z.enum(["CREATED", "FAILED"]),
      error: z.string().nullable(),
    }),
  ),
});

export type BulkFlowRunResult = z.infer<typeof bulkFlowRunResultSchema>;

export const scheduledRunsRequestSchema = z.object({
  deployment_ids: z.array(z.uuid()),
  scheduled_before: receivedTimestampSchema.nullish(),
  limit: z.int().min(0).max(200).nullish(),
});

/** Asks for the runs of deployments that are due. */
export type ScheduledRunsRequest = z.infer<typeof scheduledRunsRequestSchema>;

export const scheduleRequestSchema = z.object({
  /** Default: now. */
  start_time: receivedTimestampSchema.nullish(),
  /** No run is later than this. */
  end_time: receivedTimestampSchema.nullish(),
  /** Runs are made until at least so many seconds after the start, */
  min_time: z.number().min(0).max(3_155_760_000).nullish(),
  /** and at least so many, */
  min_runs: z.int().min(0).nullish(),
  /** but at most so many. */
  max_runs: z.int().min(0).max(1000).nullish(),
});

/** Which runs of a deployment's schedules to make. */
export type ScheduleRequest = z.infer<typeof scheduleRequestSchema>;
