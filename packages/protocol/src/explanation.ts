/** Why a flow run is not running: what holds it, and what to do about it. */
import { z } from "zod";
import { STATE_TYPES } from "./state-type.ts";
import { timestampSchema } from "./timestamp.ts";

/** Everything that may be said of a run, so that programs need not read sentences. */
const EXPLANATION_CODES = [
  "ENDED",
  "RUNNING",
  "CANCELLING",
  "PAUSED",
  "STARTING",
  "NOT_DUE",
  "WAITS_FOR_RETRY",
  "NO_DEPLOYMENT",
  "DEPLOYMENT_DELETED",
  "DEPLOYMENT_PAUSED",
  "DEPLOYMENT_LIMIT",
  "NOT_SERVED",
  "POOL_PAUSED",
  "POOL_FULL",
  "QUEUE_PAUSED",
  "QUEUE_FULL",
  "QUEUE_NOT_ASKED",
  "NO_WORKER",
  "PARENT_ENDED",
  "NEXT",
] as const;

export const slotHolderNameSchema = z.object({
  flow_run_id: z.uuid(),
  name: z.string(),
  state_name: z.string().nullable(),
  /** When it entered its state. */
  since: timestampSchema.nullable(),
});

export const explanationReasonSchema = z.object({
  code: z.enum(EXPLANATION_CODES),
  message: z.string(),
  /** What to do about it; null when there is nothing to do. */
  remedy: z.string().nullable(),
  /** Whether it keeps the run from going on; false of what is only worth knowing. */
  is_holding: z.boolean(),
  /** When it is over by itself. */
  until: timestampSchema.nullable(),
  /** Who holds what the run waits for; 10 at most. */
  holders: z.array(slotHolderNameSchema),
});

/** One thing to know about a run that is not running. */
export type ExplanationReason = z.infer<typeof explanationReasonSchema>;

export const flowRunExplanationSchema = z.object({
  flow_run_id: z.uuid(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  /** At least one; what holds the run comes first. */
  reasons: z.array(explanationReasonSchema),
});

/** Why a run is where it is. */
export type FlowRunExplanation = z.infer<typeof flowRunExplanationSchema>;
