/** A log line of a run. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const logCreateSchema = z.object({
  /** The client may choose the id, so that a line sent twice is kept once (an addition of Sluice). */
  id: z.uuid().optional(),
  /** The logger's name, such as `sluice.flow_runs`. */
  name: z.string(),
  /** A value of `LOG_LEVELS`, or one between. */
  level: z.int(),
  message: z.string(),
  timestamp: timestampSchema,
  flow_run_id: z.uuid().nullish(),
  task_run_id: z.uuid().nullish(),
});

export type LogCreate = z.infer<typeof logCreateSchema>;

export const logSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  level: z.int(),
  message: z.string(),
  timestamp: timestampSchema,
  flow_run_id: z.uuid().nullable(),
  task_run_id: z.uuid().nullable(),
});

export type Log = z.infer<typeof logSchema>;
