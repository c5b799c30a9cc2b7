/** Where runs of deployments wait for workers: pools, their queues, and the workers that poll them. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const POOL_STATUSES = ["READY", "NOT_READY", "PAUSED"] as const;

/** What a pool's infrastructure is made from: a job with placeholders, and the JSON Schema of the variables that fill them. */
export const baseJobTemplateSchema = z.record(z.string(), z.unknown());

export const storageConfigurationSchema = z.object({
  bundle_upload_step: z.record(z.string(), z.unknown()).nullish(),
  bundle_execution_step: z.record(z.string(), z.unknown()).nullish(),
  default_result_storage_block_id: z.uuid().nullish(),
});

export const workPoolSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  description: z.string().nullable(),
  /** The kind of worker that serves it, such as `process`. */
  type: z.string(),
  base_job_template: baseJobTemplateSchema,
  is_paused: z.boolean(),
  concurrency_limit: z.int().nullable(),
  status: z.enum(POOL_STATUSES).nullable(),
  default_queue_id: z.uuid().nullable(),
  storage_configuration: storageConfigurationSchema,
});

export type WorkPool = z.infer<typeof workPoolSchema>;

export const workQueueSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  description: z.string().nullable(),
  is_paused: z.boolean(),
  concurrency_limit: z.int().nullable(),
  /** 1 is served first; unique within a pool. */
  priority: z.int(),
  work_pool_id: z.uuid(),
  work_pool_name: z.string(),
  last_polled: timestampSchema.nullable(),
  status: z.enum(POOL_STATUSES).nullable(),
});

export type WorkQueue = z.infer<typeof workQueueSchema>;

export const workerSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  work_pool_id: z.uuid(),
  last_heartbeat_time: timestampSchema,
  heartbeat_interval_seconds: z.int().nullable(),
  status: z.enum(["ONLINE", "OFFLINE"]),
});

export type Worker = z.infer<typeof workerSchema>;
