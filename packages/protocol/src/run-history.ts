/** How many runs there were, by spans of time and states. */
import { z } from "zod";
import { workQueueFilterSchema } from "./filters.ts";
import { nounFilters } from "./queries.ts";
import { STATE_TYPES } from "./state-type.ts";
import { receivedTimestampSchema, timestampSchema } from "./timestamp.ts";

export const runHistoryQuerySchema = z.object({
  history_start: receivedTimestampSchema,
  history_end: receivedTimestampSchema,
  /** Length of a span. */
  history_interval_seconds: z.number().min(1),
  ...nounFilters,
  work_queues: workQueueFilterSchema.nullish(),
});

export type RunHistoryQuery = z.infer<typeof runHistoryQuerySchema>;

export const runHistorySpanSchema = z.object({
  interval_start: timestampSchema,
  /** The first instant that is not in it. */
  interval_end: timestampSchema,
  states: z.array(
    z.object({
      state_type: z.enum(STATE_TYPES),
      state_name: z.string(),
      count_runs: z.int(),
      sum_estimated_run_time: z.number(),
      sum_estimated_lateness: z.number(),
    }),
  ),
});

export type RunHistorySpan = z.infer<typeof runHistorySpanSchema>;
