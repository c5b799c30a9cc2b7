/** How many task runs with a tag may run at once: a view of the concurrency limit `tag:<tag>`. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const tagLimitSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  tag: z.string(),
  concurrency_limit: z.int(),
  /** The task runs that hold a slot. */
  active_slots: z.array(z.uuid()),
});

export type TagLimit = z.infer<typeof tagLimitSchema>;

export const tagLimitCreateSchema = z.strictObject({
  tag: z.string().min(1),
  concurrency_limit: z.int().min(0),
});

export type TagLimitCreate = z.input<typeof tagLimitCreateSchema>;

export const tagLimitResetSchema = z.object({
  /** The task runs that hold the slots from now on; default: none. */
  slot_override: z.array(z.uuid()).nullish(),
});

export type TagLimitReset = z.input<typeof tagLimitResetSchema>;

export const tagSlotRequestSchema = z.object({ names: z.array(z.string()), task_run_id: z.uuid() });

/** Tags whose slots a task run takes or gives back. */
export type TagSlotRequest = z.input<typeof tagSlotRequestSchema>;
