/** A task run as stored and sent, and the record by which an engine reports what happened to one. */
import { z } from "zod";
import { labelsSchema } from "./flow.ts";
import { empiricalPolicySchema } from "./flow-run.ts";
import { stateCreateSchema, stateSchema } from "./state.ts";
import { STATE_TYPES } from "./state-type.ts";
import { timestampSchema } from "./timestamp.ts";

/** What a parameter of a task run came from. */
export const taskInputSchema = z.discriminatedUnion("input_type", [
  z.object({ input_type: z.literal("task_run"), id: z.uuid() }),
  z.object({ input_type: z.literal("flow_run"), id: z.uuid() }),
  z.object({ input_type: z.literal("parameter"), name: z.string() }),
  z.object({ input_type: z.literal("constant"), type: z.string() }),
]);

export type TaskInput = z.infer<typeof taskInputSchema>;

/** Parameter name → its sources; `__parents__` (enclosing task runs) and `wait_for` also occur. */
export const taskInputsSchema = z.record(z.string(), z.array(taskInputSchema));

export const taskRunSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  flow_run_id: z.uuid().nullable(),
  /** Identifies the task: its name and a hash of its source. */
  task_key: z.string(),
  /** Tells the runs of one task in one flow run apart. */
  dynamic_key: z.string(),
  cache_key: z.string().nullable(),
  cache_expiration: timestampSchema.nullable(),
  task_version: z.string().nullable(),
  empirical_policy: empiricalPolicySchema,
  tags: z.array(z.string()),
  labels: labelsSchema,
  state_id: z.uuid().nullable(),
  task_inputs: taskInputsSchema,
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  run_count: z.int(),
  /** The flow run's `run_count` when this task run last ran. */
  flow_run_run_count: z.int(),
  expected_start_time: timestampSchema.nullable(),
  next_scheduled_start_time: timestampSchema.nullable(),
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  estimated_start_time_delta: z.number(),
  state: stateSchema.nullable(),
});

export type TaskRun = z.infer<typeof taskRunSchema>;

export const taskRunCreateSchema = z.strictObject({
  id: z.uuid().optional(),
  state: stateCreateSchema.nullish(),
  name: z.string().nullish(),
  flow_run_id: z.uuid().nullish(),
  task_key: z.string(),
  dynamic_key: z.string(),
  cache_key: z.string().max(2000).nullish(),
  cache_expiration: timestampSchema.nullish(),
  task_version: z.string().nullish(),
  empirical_policy: empiricalPolicySchema.default({ max_retries: 0, retry_delay_seconds: 0, pause_keys: [] }),
  tags: z.array(z.string()).default([]),
  labels: labelsSchema.nullish(),
  task_inputs: taskInputsSchema.default({}),
});

export type TaskRunCreate = z.input<typeof taskRunCreateSchema>;

export const taskRunUpdateSchema = z.strictObject({ name: z.string().min(1).nullish() });

/** Only members that are present are written. */
export type TaskRunUpdate = z.infer<typeof taskRunUpdateSchema>;

/**
 * What an engine reports of one task run: the run's facts as they are now, and the states it entered since the last
 * record, oldest first, already decided (Prefect 3's client-side task orchestration; over HTTP each state becomes one
 * `prefect.task-run.<Name>` event). Taking a record twice changes nothing: states are known by id.
 */
export const taskRunRecordSchema = z.object({
  id: z.uuid(),
  flow_run_id: z.uuid().nullable(),
  name: z.string(),
  task_key: z.string(),
  dynamic_key: z.string(),
  task_version: z.string().nullable(),
  cache_key: z.string().nullable(),
  cache_expiration: timestampSchema.nullable(),
  empirical_policy: empiricalPolicySchema,
  tags: z.array(z.string()),
  labels: labelsSchema.optional(),
  task_inputs: taskInputsSchema,
  run_count: z.int(),
  flow_run_run_count: z.int(),
  expected_start_time: timestampSchema.nullable(),
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullable(),
  /** Seconds spent RUNNING so far. */
  total_run_time: z.number(),
  states: z.array(stateSchema),
});

export type TaskRunRecord = z.infer<typeof taskRunRecordSchema>;
