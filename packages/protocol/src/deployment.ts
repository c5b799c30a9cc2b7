/** A flow that can be started from elsewhere: what to run, with what, where and when. */
import { z } from "zod";
import { labelsSchema } from "./flow.ts";
import { scheduleSchema } from "./schedule.ts";
import { timestampSchema } from "./timestamp.ts";

/** Who made or changed something. */
export const actorSchema = z.object({
  id: z.uuid().nullish(),
  /** `DEPLOYMENT`, `SCHEDULE`, `AUTOMATION`, … */
  type: z.string().nullish(),
  display_value: z.string().nullish(),
});

export const concurrencyOptionsSchema = z.object({
  /** What a run does when no slot is free: wait its turn, or end Cancelled. */
  collision_strategy: z.enum(["ENQUEUE", "CANCEL_NEW"]),
  /** Seconds that a run may take from its slot to RUNNING. */
  grace_period_seconds: z.int().min(60).max(86_400).nullish(),
});

export const deploymentScheduleSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  deployment_id: z.uuid(),
  schedule: scheduleSchema,
  active: z.boolean(),
  max_scheduled_runs: z.int().nullable(),
  /** Override those of the deployment in the runs of this schedule. */
  parameters: z.record(z.string(), z.unknown()),
  /** Names the schedule within its deployment. */
  slug: z.string().nullable(),
});

export type DeploymentSchedule = z.infer<typeof deploymentScheduleSchema>;

export const deploymentSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  version: z.string().nullable(),
  description: z.string().nullable(),
  flow_id: z.uuid(),
  paused: z.boolean(),
  schedules: z.array(deploymentScheduleSchema),
  concurrency_limit: z.int().nullable(),
  global_concurrency_limit: z.record(z.string(), z.unknown()).nullable(),
  concurrency_options: concurrencyOptionsSchema.nullable(),
  job_variables: z.record(z.string(), z.unknown()),
  parameters: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  labels: labelsSchema,
  work_queue_name: z.string().nullable(),
  work_queue_id: z.uuid().nullable(),
  work_pool_name: z.string().nullable(),
  last_polled: timestampSchema.nullable(),
  parameter_openapi_schema: z.record(z.string(), z.unknown()).nullable(),
  enforce_parameter_schema: z.boolean(),
  path: z.string().nullable(),
  entrypoint: z.string().nullable(),
  pull_steps: z.array(z.record(z.string(), z.unknown())).nullable(),
  storage_document_id: z.uuid().nullable(),
  infrastructure_document_id: z.uuid().nullable(),
  created_by: actorSchema.nullable(),
  updated_by: actorSchema.nullable(),
  status: z.enum(["READY", "NOT_READY"]),
});

export type Deployment = z.infer<typeof deploymentSchema>;
