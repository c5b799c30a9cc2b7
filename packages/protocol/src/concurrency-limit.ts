/** How many may do a named thing at once, or how often; and the leases by which slots are held. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const concurrencyLimitSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  /** Limits without it are not enforced. */
  active: z.boolean(),
  name: z.string(),
  limit: z.int(),
  active_slots: z.int(),
  /** Slots asked for in vain since one was last free. */
  denied_slots: z.int(),
  /** Taken slots that come free by themselves each second; makes a rate limit. */
  slot_decay_per_second: z.number(),
  /** How long a slot is held, as a moving average. */
  avg_slot_occupancy_seconds: z.number(),
});

export type ConcurrencyLimit = z.infer<typeof concurrencyLimitSchema>;

export const concurrencyHolderSchema = z.object({
  type: z.enum(["flow_run", "task_run", "deployment"]),
  id: z.uuid(),
});

/** Slots held until `expiration` unless renewed. */
export const concurrencyLeaseSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  limit_ids: z.array(z.uuid()),
  slots: z.int(),
  holder: concurrencyHolderSchema.nullable(),
  expiration: timestampSchema,
});

export type ConcurrencyLease = z.infer<typeof concurrencyLeaseSchema>;
