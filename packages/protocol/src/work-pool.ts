/** Where runs of deployments wait for workers: pools, their queues, and the workers that poll them. */
import { z } from "zod";
import { flowRunSchema } from "./flow-run.ts";
import { STATE_TYPES } from "./state-type.ts";
import { receivedTimestampSchema, timestampSchema } from "./timestamp.ts";

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
  /** Runs that count against the limit; null without one. */
  active_slots: z.int().nullable(),
});

export type WorkPool = z.infer<typeof workPoolSchema>;

const concurrencyLimit = z.int().min(0).nullish();
const poolName = z
  .string()
  .regex(/^[^/%&><]*[^/%&><\s'"][^/%&><]*$/u, "must not be blank or have one of / % & > <");
const queueName = z.string().regex(/^[^/%&><]+$/u, "must not be empty or have one of / % & > <");

export const workPoolCreateSchema = z.strictObject({
  name: poolName,
  description: z.string().nullish(),
  type: z.string().default("prefect-agent"),
  base_job_template: baseJobTemplateSchema.default({}),
  is_paused: z.boolean().default(false),
  concurrency_limit: concurrencyLimit,
  storage_configuration: storageConfigurationSchema.default({}),
});

export type WorkPoolCreate = z.input<typeof workPoolCreateSchema>;

export const workPoolUpdateSchema = z.strictObject({
  description: z.string().nullish(),
  is_paused: z.boolean().nullish(),
  base_job_template: baseJobTemplateSchema.nullish(),
  concurrency_limit: concurrencyLimit,
  storage_configuration: storageConfigurationSchema.nullish(),
});

/** Only members present are written; null empties a description and takes a limit away, and says nothing elsewhere. */
export type WorkPoolUpdate = z.input<typeof workPoolUpdateSchema>;

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
  /** Runs that count against the limit; null without one. */
  active_slots: z.int().nullable(),
});

export type WorkQueue = z.infer<typeof workQueueSchema>;

/** What older clients chose runs by; taken and passed over. */
const legacyFilter = z.unknown().optional();

export const workQueueCreateSchema = z.strictObject({
  name: queueName,
  description: z.string().nullish(),
  is_paused: z.boolean().default(false),
  concurrency_limit: concurrencyLimit,
  /** Default: the lowest free number. The queue that has it, and those after it, move on. */
  priority: z.int().positive().nullish(),
  filter: legacyFilter,
});

export type WorkQueueCreate = z.input<typeof workQueueCreateSchema>;

export const workQueueUpdateSchema = z.strictObject({
  name: queueName.nullish(),
  description: z.string().nullish(),
  is_paused: z.boolean().nullish(),
  concurrency_limit: concurrencyLimit,
  priority: z.int().positive().nullish(),
  last_polled: receivedTimestampSchema.nullish(),
  filter: legacyFilter,
});

/** Only members present are written; null empties a description and takes a limit away, and says nothing elsewhere. */
export type WorkQueueUpdate = z.infer<typeof workQueueUpdateSchema>;

export const workQueueStatusSchema = z.object({
  healthy: z.boolean(),
  late_runs_count: z.int(),
  last_polled: timestampSchema.nullable(),
  health_check_policy: z.object({
    maximum_late_runs: z.int().nullable(),
    maximum_seconds_since_last_polled: z.int().nullable(),
  }),
});

/** Whether a queue is served. */
export type WorkQueueStatus = z.infer<typeof workQueueStatusSchema>;

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

export const workerHeartbeatSchema = z.object({
  name: z.string().min(1),
  heartbeat_interval_seconds: z.int().positive().nullish(),
});

export type WorkerHeartbeat = z.input<typeof workerHeartbeatSchema>;

const pollLimit = z.int().min(0).max(200).nullish();

export const workPoolPollSchema = z.object({
  /** Default: all queues of the pool. */
  work_queue_names: z.array(z.string()).nullish(),
  scheduled_before: receivedTimestampSchema.nullish(),
  scheduled_after: receivedTimestampSchema.nullish(),
  limit: pollLimit,
});

/** Which runs a worker asks for. */
export type WorkPoolPoll = z.infer<typeof workPoolPollSchema>;

export const workQueuePollSchema = z.object({
  scheduled_before: receivedTimestampSchema.nullish(),
  limit: pollLimit,
});

export type WorkQueuePoll = z.infer<typeof workQueuePollSchema>;

export const workerFlowRunSchema = z.object({
  work_pool_id: z.uuid(),
  work_queue_id: z.uuid(),
  flow_run: flowRunSchema,
});

/** A run that a worker may take. */
export type WorkerFlowRun = z.infer<typeof workerFlowRunSchema>;

const slotHolderSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  start_time: timestampSchema.nullable(),
  state_timestamp: timestampSchema.nullable(),
  /** Seconds. */
  time_in_current_state: z.number().nullable(),
});

/** A run that counts against a limit. */
export type SlotHolder = z.infer<typeof slotHolderSchema>;

const pageNumbers = { count: z.int(), limit: z.int(), pages: z.int(), page: z.int() };

export const workPoolConcurrencySchema = z.object({
  active_slots: z.int(),
  concurrency_limit: z.int().nullable(),
  queues: z.array(
    z.object({
      queue_id: z.uuid(),
      queue_name: z.string(),
      active_slots: z.int(),
      concurrency_limit: z.int().nullable(),
      flow_runs: z.array(slotHolderSchema),
      flow_run_count: z.int().nullable(),
    }),
  ),
  ...pageNumbers,
});

/** Who counts against the limits of a pool and a page of its queues. */
export type WorkPoolConcurrency = z.infer<typeof workPoolConcurrencySchema>;

export const workQueueConcurrencySchema = z.object({
  active_slots: z.int(),
  concurrency_limit: z.int().nullable(),
  flow_runs: z.array(slotHolderSchema),
  ...pageNumbers,
});

/** A page of those who count against the limit of a queue. */
export type WorkQueueConcurrency = z.infer<typeof workQueueConcurrencySchema>;

const pageOfStatus = {
  page: z.int().min(1).default(1),
  limit: z.int().min(1).max(200).nullish(),
};

export const workPoolConcurrencyQuerySchema = z.object({
  ...pageOfStatus,
  /** Runs told per queue. */
  flow_run_limit: z.int().min(0).max(200).default(10),
});

export type WorkPoolConcurrencyQuery = z.input<typeof workPoolConcurrencyQuerySchema>;

export const workQueueConcurrencyQuerySchema = z.object(pageOfStatus);

export type WorkQueueConcurrencyQuery = z.input<typeof workQueueConcurrencyQuerySchema>;
