/** What is done to flow runs beside changing their members: resuming, and changes of many at once. */
import { z } from "zod";
import { flowRunFilterSchema } from "./filters.ts";
import { orchestrationResultSchema } from "./orchestration-result.ts";
import { bulkLimitSchema } from "./run-pages.ts";
import { stateCreateSchema, stateSchema } from "./state.ts";

export const resumptionSchema = z.object({
  /** What the run asked for when it paused, by the schema it gave. */
  run_input: z.record(z.string(), z.unknown()).nullish(),
});

export type Resumption = z.infer<typeof resumptionSchema>;

export const flowRunsDeleteSchema = z.object({
  flow_runs: flowRunFilterSchema.nullish(),
  limit: bulkLimitSchema,
});

export type FlowRunsDelete = z.infer<typeof flowRunsDeleteSchema>;

export const flowRunsSetStateSchema = z.object({
  flow_runs: flowRunFilterSchema.nullish(),
  state: stateCreateSchema,
  force: z.boolean().nullish(),
  limit: bulkLimitSchema,
});

export type FlowRunsSetState = z.input<typeof flowRunsSetStateSchema>;

const [accept, reject, wait, abort] = orchestrationResultSchema.options;

/** What became of the proposal for one of many runs. */
export const flowRunsStateResultSchema = z.object({
  flow_run_id: z.uuid(),
  status: z.enum(["ACCEPT", "REJECT", "WAIT", "ABORT"]),
  state: stateSchema.nullable(),
  details: z.union([accept.shape.details, reject.shape.details, wait.shape.details, abort.shape.details]),
});

export type FlowRunsStateResult = z.infer<typeof flowRunsStateResultSchema>;
