/** How many may do a named thing at once, or how often; and the leases by which slots are held. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

const MIN_LEASE_SECONDS = 60;
const MAX_LEASE_SECONDS = 86_400;
const DEFAULT_LEASE_SECONDS = 300;

const nameSchema = z.string().regex(/^[^/%&><]+$/u, "must not be empty or have one of / % & > <");

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

export const concurrencyLimitCreateSchema = z.strictObject({
  active: z.boolean().default(true),
  name: nameSchema,
  limit: z.int().min(0),
  active_slots: z.int().min(0).default(0),
  denied_slots: z.int().min(0).default(0),
  slot_decay_per_second: z.number().min(0).default(0),
});

export type ConcurrencyLimitCreate = z.input<typeof concurrencyLimitCreateSchema>;

export const concurrencyLimitUpdateSchema = z.strictObject({
  active: z.boolean().nullish(),
  name: nameSchema.nullish(),
  limit: z.int().min(0).nullish(),
  active_slots: z.int().min(0).nullish(),
  denied_slots: z.int().min(0).nullish(),
  slot_decay_per_second: z.number().min(0).nullish(),
});

/** Only members present are written. */
export type ConcurrencyLimitUpdate = z.input<typeof concurrencyLimitUpdateSchema>;

/** A limit as it is read: its taken slots are those of now. */
export const globalConcurrencyLimitSchema = concurrencyLimitSchema.pick({
  id: true,
  created: true,
  updated: true,
  active: true,
  name: true,
  limit: true,
  active_slots: true,
  slot_decay_per_second: true,
});

export type GlobalConcurrencyLimit = z.infer<typeof globalConcurrencyLimitSchema>;

/** A limit in the answer to those who take or give back slots. */
export const limitReferenceSchema = concurrencyLimitSchema.pick({ id: true, name: true, limit: true });

export type LimitReference = z.infer<typeof limitReferenceSchema>;

export const concurrencyHolderSchema = z.object({
  type: z.enum(["flow_run", "task_run", "deployment"]),
  id: z.uuid(),
});

export type ConcurrencyHolder = z.infer<typeof concurrencyHolderSchema>;

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

const leaseSecondsSchema = z
  .number()
  .min(MIN_LEASE_SECONDS)
  .max(MAX_LEASE_SECONDS)
  .default(DEFAULT_LEASE_SECONDS);

export const slotRequestSchema = z.object({
  slots: z.int().positive(),
  /** Names that no limit has are passed over. */
  names: z.array(z.string()).min(1),
  /** `rate_limit` is refused for limits whose slots do not come free by themselves. */
  mode: z.enum(["concurrency", "rate_limit"]).default("concurrency"),
});

export type SlotRequest = z.input<typeof slotRequestSchema>;

export const leasedSlotRequestSchema = slotRequestSchema.extend({
  lease_duration: leaseSecondsSchema,
  holder: concurrencyHolderSchema.nullish(),
});

export type LeasedSlotRequest = z.input<typeof leasedSlotRequestSchema>;

export const leasedSlotsSchema = z.object({ lease_id: z.uuid(), limits: z.array(limitReferenceSchema) });

export type LeasedSlots = z.infer<typeof leasedSlotsSchema>;

export const slotReturnSchema = z.object({
  slots: z.int().positive(),
  names: z.array(z.string()).min(1),
  /** How long all of the slots together were held. */
  occupancy_seconds: z.number().positive().nullish(),
});

export type SlotReturn = z.input<typeof slotReturnSchema>;

export const leaseReturnSchema = z.object({ lease_id: z.uuid() });

export type LeaseReturn = z.input<typeof leaseReturnSchema>;

export const leaseRenewalSchema = z.object({ lease_duration: leaseSecondsSchema });

export type LeaseRenewal = z.input<typeof leaseRenewalSchema>;
