/**
 * What lists are narrowed by. Within one filter the fields are joined by `operator` (default `and_`); absent and null
 * members do not restrict. `like_` is a case-insensitive substring; `before_`/`after_` are inclusive; `all_`: the array
 * contains all of them; `any_` on an array: it contains one of them.
 */
import { z } from "zod";
import { STATE_TYPES } from "./state-type.ts";
import { timestampSchema } from "./timestamp.ts";

const operator = { operator: z.enum(["and_", "or_"]).nullish() };
const anyId = z.strictObject({ any_: z.array(z.uuid()).nullish() }).nullish();
const anyOrNotId = z
  .strictObject({ any_: z.array(z.uuid()).nullish(), not_any_: z.array(z.uuid()).nullish() })
  .nullish();
const nullableId = z
  .strictObject({ ...operator, any_: z.array(z.uuid()).nullish(), is_null_: z.boolean().nullish() })
  .nullish();
export const textFilterSchema = z
  .strictObject({ any_: z.array(z.string()).nullish(), like_: z.string().nullish() })
  .nullish();
const name = textFilterSchema;
export const tagsFilterSchema = z
  .strictObject({
    ...operator,
    all_: z.array(z.string()).nullish(),
    any_: z.array(z.string()).nullish(),
    is_null_: z.boolean().nullish(),
  })
  .nullish();
const tags = tagsFilterSchema;
const state = z
  .strictObject({
    ...operator,
    type: z
      .strictObject({
        any_: z.array(z.enum(STATE_TYPES)).nullish(),
        not_any_: z.array(z.enum(STATE_TYPES)).nullish(),
      })
      .nullish(),
    name: z
      .strictObject({ any_: z.array(z.string()).nullish(), not_any_: z.array(z.string()).nullish() })
      .nullish(),
  })
  .nullish();
const time = z
  .strictObject({
    before_: timestampSchema.nullish(),
    after_: timestampSchema.nullish(),
    is_null_: z.boolean().nullish(),
  })
  .nullish();

export const flowFilterSchema = z.strictObject({
  ...operator,
  id: anyOrNotId,
  name,
  tags,
  /** Flows that have no deployment (true) or have some (false). */
  deployment: z.strictObject({ ...operator, is_null_: z.boolean().nullish() }).nullish(),
});

export const flowRunFilterSchema = z.strictObject({
  ...operator,
  id: anyOrNotId,
  name,
  tags,
  deployment_id: nullableId,
  work_queue_name: z
    .strictObject({ ...operator, any_: z.array(z.string()).nullish(), is_null_: z.boolean().nullish() })
    .nullish(),
  state,
  flow_version: z.strictObject({ any_: z.array(z.string()).nullish() }).nullish(),
  /** Falls back to `expected_start_time` for runs without a start. */
  start_time: time,
  end_time: time,
  expected_start_time: time,
  next_scheduled_start_time: time,
  parent_flow_run_id: anyId,
  parent_task_run_id: nullableId,
  idempotency_key: z
    .strictObject({ any_: z.array(z.string()).nullish(), not_any_: z.array(z.string()).nullish() })
    .nullish(),
  created_by: z
    .strictObject({
      id_: z.array(z.uuid()).nullish(),
      type_: z.array(z.string()).nullish(),
      is_null_: z.boolean().nullish(),
    })
    .nullish(),
});

export const taskRunFilterSchema = z.strictObject({
  ...operator,
  id: anyId,
  name,
  tags,
  state,
  start_time: time,
  end_time: time,
  expected_start_time: time,
  /** Task runs that stand for a sub-flow run (true) or do not (false). */
  subflow_runs: z.strictObject({ exists_: z.boolean().nullish() }).nullish(),
  flow_run_id: nullableId,
});

export const logFilterSchema = z.strictObject({
  ...operator,
  level: z.strictObject({ ge_: z.int().nullish(), le_: z.int().nullish() }).nullish(),
  timestamp: z
    .strictObject({ before_: timestampSchema.nullish(), after_: timestampSchema.nullish() })
    .nullish(),
  flow_run_id: anyId,
  task_run_id: nullableId,
  text: z.strictObject({ query: z.string().max(200) }).nullish(),
});

export const deploymentFilterSchema = z.strictObject({
  ...operator,
  id: anyOrNotId,
  name,
  flow_or_deployment_name: z.strictObject({ like_: z.string().nullish() }).nullish(),
  paused: z.strictObject({ eq_: z.boolean().nullish() }).nullish(),
  tags,
  work_queue_name: z.strictObject({ any_: z.array(z.string()).nullish() }).nullish(),
  concurrency_limit: z
    .strictObject({ ge_: z.int().nullish(), le_: z.int().nullish(), is_null_: z.boolean().nullish() })
    .nullish(),
});

export const workPoolFilterSchema = z.strictObject({
  ...operator,
  id: anyId,
  name: z.strictObject({ any_: z.array(z.string()).nullish() }).nullish(),
  type: z.strictObject({ any_: z.array(z.string()).nullish() }).nullish(),
});

export const workQueueFilterSchema = z.strictObject({
  ...operator,
  id: anyId,
  name: z
    .strictObject({ any_: z.array(z.string()).nullish(), startswith_: z.array(z.string()).nullish() })
    .nullish(),
});

const workerStatuses = z.array(z.enum(["ONLINE", "OFFLINE"])).nullish();

export const workerFilterSchema = z.strictObject({
  ...operator,
  last_heartbeat_time: time,
  status: z.strictObject({ any_: workerStatuses, not_any_: workerStatuses }).nullish(),
});

export type FlowFilter = z.infer<typeof flowFilterSchema>;
export type FlowRunFilter = z.infer<typeof flowRunFilterSchema>;
export type TaskRunFilter = z.infer<typeof taskRunFilterSchema>;
export type LogFilter = z.infer<typeof logFilterSchema>;
export type DeploymentFilter = z.infer<typeof deploymentFilterSchema>;
export type WorkPoolFilter = z.infer<typeof workPoolFilterSchema>;
export type WorkQueueFilter = z.infer<typeof workQueueFilterSchema>;
export type WorkerFilter = z.infer<typeof workerFilterSchema>;
