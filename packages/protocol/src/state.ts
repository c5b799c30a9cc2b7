/** A state of a run, as stored and sent. Core's `State` is the same thing with a value and helpers. */
import { z } from "zod";
import { STATE_TYPES } from "./state-type.ts";
import { timestampSchema } from "./timestamp.ts";

/** Facts beside a state's type and name. Members that are absent have their default: null, or false for the flags. */
export const stateDetailsSchema = z.object({
  flow_run_id: z.uuid().nullish(),
  task_run_id: z.uuid().nullish(),
  child_flow_run_id: z.uuid().nullish(),
  scheduled_time: timestampSchema.nullish(),
  cache_key: z.string().nullish(),
  cache_expiration: timestampSchema.nullish(),
  deferred: z.boolean().nullish(),
  untrackable_result: z.boolean().optional(),
  pause_timeout: timestampSchema.nullish(),
  pause_reschedule: z.boolean().optional(),
  pause_key: z.string().nullish(),
  run_input_keyset: z.record(z.string(), z.string()).nullish(),
  refresh_cache: z.boolean().nullish(),
  retriable: z.boolean().nullish(),
  transition_id: z.uuid().nullish(),
  /** Id of the state that the proposal was decided on: refused when the run has left it (an addition of Sluice). */
  expected_state_id: z.uuid().nullish(),
  task_parameters_id: z.uuid().nullish(),
  traceparent: z.string().nullish(),
  deployment_concurrency_lease_id: z.uuid().nullish(),
});

export type StateDetails = z.infer<typeof stateDetailsSchema>;

export const stateSchema = z.object({
  id: z.uuid(),
  type: z.enum(STATE_TYPES),
  name: z.string(),
  timestamp: timestampSchema,
  message: z.string().nullable(),
  /** A `ResultReference` when a result was persisted, otherwise null or what a client sent. */
  data: z.unknown(),
  state_details: stateDetailsSchema,
});

/** A state as stored and sent. */
export type WireState = z.infer<typeof stateSchema>;

export const stateCreateSchema = z.strictObject({
  type: z.enum(STATE_TYPES),
  /** Default: the type in title case. */
  name: z.string().nullish(),
  message: z.string().nullish(),
  data: z.unknown().optional(),
  state_details: stateDetailsSchema.default({}),
});

/** A proposed state: orchestration gives it an id and a timestamp. */
export type StateCreate = z.input<typeof stateCreateSchema>;
