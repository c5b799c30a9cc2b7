/** A flow run as stored and sent, with what a client may create and change of it. */
import { z } from "zod";
import { labelsSchema } from "./flow.ts";
import { stateCreateSchema, stateSchema } from "./state.ts";
import { STATE_TYPES } from "./state-type.ts";
import { timestampSchema } from "./timestamp.ts";

/** How often and how a run is retried. `max_retries` and `retry_delay_seconds` are legacy members of the wire. */
export const empiricalPolicySchema = z.object({
  max_retries: z.int().default(0),
  retry_delay_seconds: z.number().default(0),
  retries: z.int().nullish(),
  /** Seconds; a list gives the delay of each retry in turn. */
  retry_delay: z.union([z.number(), z.array(z.number())]).nullish(),
  retry_jitter_factor: z.number().nullish(),
  pause_keys: z.array(z.string()).default([]),
  resuming: z.boolean().nullish(),
  retry_type: z.enum(["in_process", "reschedule"]).nullish(),
});

export type EmpiricalPolicy = z.input<typeof empiricalPolicySchema>;

export const flowRunSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  flow_id: z.uuid(),
  state_id: z.uuid().nullable(),
  deployment_id: z.uuid().nullable(),
  deployment_version: z.string().nullable(),
  work_queue_id: z.uuid().nullable(),
  work_queue_name: z.string().nullable(),
  flow_version: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()),
  idempotency_key: z.string().nullable(),
  context: z.record(z.string(), z.unknown()),
  empirical_policy: empiricalPolicySchema,
  tags: z.array(z.string()),
  labels: labelsSchema,
  parent_task_run_id: z.uuid().nullable(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  /** How many times the run entered RUNNING, retries included. */
  run_count: z.int(),
  expected_start_time: timestampSchema.nullable(),
  next_scheduled_start_time: timestampSchema.nullable(),
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullable(),
  /** Seconds spent RUNNING, until the last change of state. */
  total_run_time: z.number(),
  /** Seconds spent RUNNING, until now. */
  estimated_run_time: z.number(),
  /** Lateness of the start in seconds. */
  estimated_start_time_delta: z.number(),
  auto_scheduled: z.boolean(),
  infrastructure_document_id: z.uuid().nullable(),
  infrastructure_pid: z.string().nullable(),
  created_by: z
    .object({ id: z.uuid().nullish(), type: z.string().nullish(), display_value: z.string().nullish() })
    .nullable(),
  work_pool_id: z.uuid().nullable(),
  work_pool_name: z.string().nullable(),
  state: stateSchema.nullable(),
  job_variables: z.record(z.string(), z.unknown()).nullable(),
});

export type FlowRun = z.infer<typeof flowRunSchema>;

export const flowRunCreateSchema = z.strictObject({
  /** The client may choose the id (an addition of Sluice); default: a new one. */
  id: z.uuid().optional(),
  state: stateCreateSchema.nullish(),
  /** Default: an adjective and an animal. */
  name: z.string().nullish(),
  flow_id: z.uuid(),
  flow_version: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  context: z.record(z.string(), z.unknown()).default({}),
  parent_task_run_id: z.uuid().nullish(),
  infrastructure_document_id: z.uuid().nullish(),
  empirical_policy: empiricalPolicySchema.default({ max_retries: 0, retry_delay_seconds: 0, pause_keys: [] }),
  tags: z.array(z.string()).default([]),
  labels: labelsSchema.nullish(),
  idempotency_key: z.string().nullish(),
  work_pool_name: z.string().nullish(),
  work_queue_name: z.string().nullish(),
  job_variables: z.record(z.string(), z.unknown()).nullish(),
  deployment_id: z.uuid().nullish(),
});

export type FlowRunCreate = z.input<typeof flowRunCreateSchema>;

export const flowRunUpdateSchema = z.strictObject({
  name: z.string().optional(),
  flow_version: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  empirical_policy: empiricalPolicySchema.optional(),
  tags: z.array(z.string()).optional(),
  infrastructure_pid: z.string().nullish(),
  job_variables: z.record(z.string(), z.unknown()).nullish(),
});

/** Only members present are written. */
export type FlowRunUpdate = z.input<typeof flowRunUpdateSchema>;

/** Which process runs a flow run, precise enough to tell a dead process from another one with its id. */
export const runOwnerSchema = z.object({
  host: z.string(),
  pid: z.int(),
  /** When the process started, in milliseconds by a clock of its host; a process id used anew has another start. */
  process_started_at: z.number(),
});

export type RunOwner = z.infer<typeof runOwnerSchema>;

export const flowRunHeartbeatSchema = z.object({
  flow_run_ids: z.array(z.uuid()),
  owner: runOwnerSchema,
  /** Seconds until the lease of these runs ends unless another heartbeat comes. */
  lease_seconds: z.number().positive(),
});

/** Says that these runs are alive; a run whose lease ended and whose owner is gone is crashed by the next sweep. */
export type FlowRunHeartbeat = z.infer<typeof flowRunHeartbeatSchema>;
